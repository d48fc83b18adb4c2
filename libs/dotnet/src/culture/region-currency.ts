/** ISO 4217 code of the currency of each ISO 3166 region (CLDR supplemental data, current tender). */
const REGIONS_BY_CURRENCY: Readonly<Record<string, string>> = {
  EUR: 'AD AT AX BE BG BL CY DE EE ES EA FI FR GF GP GR HR IC IE IT LT LU LV MC ME MF MQ MT NL PM PT RE SI SK SM TF VA XK YT',
  USD: 'AS BQ DG EC FM GU IO MH MP PR PW SV TC TL UM US VG VI 001 ZZ',
  GBP: 'GB GG IM JE GS',
  AUD: 'AU CC CX HM KI NF NR TV',
  NZD: 'CK NU NZ PN TK',
  DKK: 'DK FO GL',
  NOK: 'BV NO SJ',
  CHF: 'CH LI',
  XAF: 'CF CG CM GA GQ TD',
  XOF: 'BF BJ CI GW ML NE SN TG',
  XCD: 'AG AI DM GD KN LC MS VC',
  XPF: 'NC PF WF',
  MAD: 'EH MA',
  ILS: 'IL PS',
  ZAR: 'ZA LS',
};

const SINGLE =
  'AED:AE AFN:AF ALL:AL AMD:AM AOA:AO ARS:AR AWG:AW AZN:AZ BAM:BA BBD:BB BDT:BD BHD:BH BIF:BI ' +
  'BMD:BM BND:BN BOB:BO BRL:BR BSD:BS BTN:BT BWP:BW BYN:BY BZD:BZ CAD:CA CDF:CD CLP:CL CNY:CN ' +
  'COP:CO CRC:CR CUP:CU CVE:CV XCG:CW XCG:SX CZK:CZ DJF:DJ DOP:DO DZD:DZ EGP:EG ERN:ER ETB:ET ' +
  'FJD:FJ FKP:FK GEL:GE GHS:GH GIP:GI GMD:GM GNF:GN GTQ:GT GYD:GY HKD:HK HNL:HN HTG:HT HUF:HU ' +
  'IDR:ID INR:IN IQD:IQ IRR:IR ISK:IS JMD:JM JOD:JO JPY:JP KES:KE KGS:KG KHR:KH KMF:KM KPW:KP ' +
  'KRW:KR KWD:KW KYD:KY KZT:KZ LAK:LA LBP:LB LKR:LK LRD:LR LYD:LY MDL:MD MGA:MG MKD:MK MMK:MM ' +
  'MNT:MN MOP:MO MRU:MR MUR:MU MVR:MV MWK:MW MXN:MX MYR:MY MZN:MZ NAD:NA NGN:NG NIO:NI NPR:NP ' +
  'OMR:OM PAB:PA PEN:PE PGK:PG PHP:PH PKR:PK PLN:PL PYG:PY QAR:QA RON:RO RSD:RS RUB:RU RWF:RW ' +
  'SAR:SA SBD:SB SCR:SC SDG:SD SEK:SE SGD:SG SHP:SH SLE:SL SOS:SO SRD:SR SSP:SS STN:ST SYP:SY ' +
  'SZL:SZ THB:TH TJS:TJ TMT:TM TND:TN TOP:TO TRY:TR TTD:TT TWD:TW TZS:TZ UAH:UA UGX:UG UYU:UY ' +
  'UZS:UZ VES:VE VND:VN VUV:VU WST:WS YER:YE ZMW:ZM ZWG:ZW';

const CURRENCY_OF_REGION = new Map<string, string>([
  ...Object.entries(REGIONS_BY_CURRENCY).flatMap(([currency, regions]) =>
    regions.split(' ').map((region): [string, string] => [region, currency]),
  ),
  ...SINGLE.split(' ').map((pair): [string, string] => {
    const [currency = '', region = ''] = pair.split(':');
    return [region, currency];
  }),
]);

/** The currency of a region; undefined for neutral cultures and unknown regions. */
export const currencyOfRegion = (region: string | undefined): string | undefined =>
  region === undefined ? undefined : CURRENCY_OF_REGION.get(region);
