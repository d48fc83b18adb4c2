import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { listen as soapListen } from 'soap';
import { listen, type Listening } from '../listen.js';
import { reservations } from './seed.js';

const folder = fileURLToPath(new URL('../../wsdl/', import.meta.url));

/**
 * The stock service: SOAP 1.1 on /stock and SOAP 1.2 on /stock12 from one WSDL that imports its
 * XSD. An unknown order is a SOAP fault with a typed detail.
 */
export async function startStock(port: number): Promise<Listening> {
  const listening = await listen((request, response) => {
    // The soap package serves the outer document only; importers fetch the schema from here.
    if (request.url === '/stock.xsd') {
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(readFileSync(`${folder}stock.xsd`));
      return;
    }
    response.writeHead(404).end();
  }, port);
  const wsdl = readFileSync(`${folder}stock.wsdl`, 'utf8').replaceAll(
    'http://localhost/',
    `${listening.url}/`,
  );
  for (const [path, forceSoap12Headers] of [
    ['/stock', false],
    ['/stock12', true],
  ] as const) {
    soapListen(listening.server, {
      path,
      services: { StockService: { StockSoap11: operations, StockSoap12: operations } },
      xml: wsdl,
      uri: `${folder}stock.wsdl`,
      forceSoap12Headers,
      suppressStack: true,
    });
  }
  return listening;
}

const operations = {
  GetReservations({ orderNumber }: { orderNumber: string }): object {
    const found = reservations.get(orderNumber);
    if (!found) throw unknownOrder(orderNumber);
    return { orderNumber, reservation: found };
  },
};

/** The shape by which the soap package sends a fault instead of an answer. */
function unknownOrder(orderNumber: string): Error {
  return Object.assign(new Error('Unknown order'), {
    Fault: {
      faultcode: 'soap:Client',
      faultstring: `Unknown order ${orderNumber}`,
      detail: { StockFault: { code: 'UnknownOrder', orderNumber } },
      statusCode: 500,
    },
  });
}
