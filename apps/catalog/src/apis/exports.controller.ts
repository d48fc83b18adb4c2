import { Controller, Get, Param, Res } from '@nestjs/common';
import { OpenRoute } from '@isthmus/entra';
import type { Response } from 'express';
import { Catalog } from '../resources/catalog.js';
import { notFound } from '../resources/preconditions.js';
import { exportDescription } from './export-api.js';
import { readExportToken } from './export-link.js';

/** Where the links of `?export=true&format=…-link` lead: readers of descriptions follow them without a token. */
@Controller('exports')
@OpenRoute('the address is signed and works for five minutes')
export class ExportsController {
  constructor(private readonly catalog: Catalog) {}

  @Get(':token')
  async read(@Param('token') token: string, @Res() response: Response): Promise<void> {
    const link = readExportToken(token, this.catalog.vault, Date.now());
    const api = link && (await this.catalog.store.find(link.api));
    if (!link || !api) throw notFound('Export');
    const { value, contentType } = await exportDescription(this.catalog.store, api, link.format);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.type(contentType).send(value);
  }
}
