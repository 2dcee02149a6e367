import { ELEMENT_SEPARATOR, LITERAL_BRACES } from '../private/nested-json';

/** Characters for private use, so that a mark is not part of other text, and is the same in JSON inside JSON. */
const MARK = '\uE000(\\d+)\uE001';
const MARKS = new RegExp(MARK);

/** Strings are matched first, so that only the marks outside of them are found. */
const STRING_OR_MARK = new RegExp(`"(?:[^"\\\\]|\\\\.)*"|${MARK}`, 'g');

/** The resource with which the CDK renders lists that are only known at deployment as JSON. */
const STRINGIFY = 'Custom::AWSCDKCfnJsonStringify';

/** The resources of a template, as far as their content is known. */
export type Resources = Record<string, { readonly Type: string; readonly Properties?: Record<string, unknown> }>;

/** Reads the JSON text in a template, whose intrinsic functions can be anywhere: text, numbers and lists. */
export class TemplateJson {
  private readonly intrinsics: unknown[] = [];

  constructor(private readonly resources: Resources) {}

  /** Parses a property of a resource, in which numbered marks replace the intrinsic functions. Undefined if it is not valid JSON. */
  public parse(value: unknown): unknown {
    const text = this.textOf(value).replace(STRING_OR_MARK, (found) => (found.startsWith('"') ? found : `"${found}"`));
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return undefined;
    }
  }

  /** Replaces the marks in a parsed value with their intrinsic functions, as they would be in an ordinary property. */
  public restore(value: unknown): unknown {
    if (typeof value === 'string') return this.restoreText(value);
    if (Array.isArray(value)) return this.restoreList(value);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.restore(member)]));
  }

  private restoreList(list: unknown[]): unknown {
    const items = list.map((item) => this.restore(item));
    const [delimiter, elements] = (items[0] as { 'Fn::Join'?: unknown[] } | undefined)?.['Fn::Join'] ?? [];
    return items.length === 1 && delimiter === ELEMENT_SEPARATOR ? elements : items;
  }

  private textOf(value: unknown): string {
    if (typeof value === 'string') return value;
    const [delimiter, pieces] = (value as { 'Fn::Join'?: unknown[] } | undefined)?.['Fn::Join'] ?? [];
    if (delimiter === '' && Array.isArray(pieces))
      return pieces.map((piece) => (typeof piece === 'string' ? piece : this.mark(piece))).join('');
    return this.mark(value);
  }

  private mark(intrinsic: unknown): string {
    return `\uE000${this.intrinsics.push(this.original(intrinsic)) - 1}\uE001`;
  }

  private original(intrinsic: unknown): unknown {
    const [id] = (intrinsic as { 'Fn::GetAtt'?: string[] } | undefined)?.['Fn::GetAtt'] ?? [];
    const resource = this.resources[id ?? ''];
    return resource?.Type === STRINGIFY ? resource.Properties?.Value : intrinsic;
  }

  private restoreText(text: string): unknown {
    // Every second item is the number of a mark.
    const pieces = text
      .replaceAll(LITERAL_BRACES, '{{')
      .split(MARKS)
      .map((piece, index) => (index % 2 === 0 ? piece : this.intrinsics[Number(piece)]));
    if (pieces.length === 1) return pieces[0];
    const parts = pieces.filter((piece) => piece !== '');
    return parts.length === 1 ? parts[0] : { 'Fn::Join': ['', parts] };
  }
}
