import { type AttributeValue, type Item, bytesOf } from './attribute-value';

/** The size of an item in bytes: of its attribute names and values. */
export function itemSize(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value), 0);
}

function valueSize(value: AttributeValue): number {
  const [[type, content]] = Object.entries(value);
  const sum = (sizes: number[]): number => sizes.reduce((total, size) => total + size, 0);
  switch (type) {
    case 'S':
    case 'B':
      return bytesOf(value).length;
    case 'N':
      return numberSize(String(content));
    case 'SS':
    case 'NS':
    case 'BS':
      return sum((content as string[]).map((one) => valueSize({ [type.charAt(0)]: one })));
    case 'L':
      // Lists and maps have an overhead of 3 bytes, and of 1 byte for each element.
      return 3 + sum((content as AttributeValue[]).map((one) => 1 + valueSize(one)));
    case 'M':
      return 3 + Object.keys(content as Item).length + itemSize(content as Item);
    default:
      return 1;
  }
}

/** About one byte for two significant digits. */
function numberSize(text: string): number {
  const digits = text.replace(/^-?0*\.?0*|[^\d]/g, '').replace(/0+$/, '');
  return Math.ceil(digits.length / 2) + 1;
}
