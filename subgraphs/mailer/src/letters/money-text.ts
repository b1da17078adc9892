/**
 * An amount as a reader of English writes it: 120000 of VND is "₫120,000", 1999 of EUR "€19.99". Exact up to 2^53-1.
 * How many digits the minor unit has is ISO 4217's to say (ECMA-402, "CurrencyDigits").
 */
export function moneyText(minorUnits: number, currency: string): string {
  const format = formats.get(currency) ?? formatOf(currency);
  const digits = format.resolvedOptions().maximumFractionDigits ?? 0;
  const units = String(minorUnits).padStart(digits + 1, '0');
  const decimal = digits === 0 ? units : `${units.slice(0, -digits)}.${units.slice(-digits)}`;
  return format.format(decimal as Intl.StringNumericLiteral);
}

/** By currency: the contract knows few, and making one is slow. */
const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string): Intl.NumberFormat {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
  formats.set(currency, format);
  return format;
}
