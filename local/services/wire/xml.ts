import { XMLBuilder, XMLParser } from 'fast-xml-parser';

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

/** An XML document. Lists are written as AWS's query protocol does: `member` elements. */
export function xml(root: string, content: Record<string, unknown>, namespace?: string): string {
  const attributes = namespace === undefined ? {} : { '@xmlns': namespace };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [root]: { ...attributes, ...content } })}`;
}

/** A list as the query protocol writes it. */
export function members(items: unknown[]): { member: unknown[] } {
  return { member: items };
}

const LISTS = ['Object', 'Part'];
const parser = new XMLParser({ parseTagValue: false, isArray: (name) => LISTS.includes(name) });

/** What a client has sent; all values are text. */
export function parseXml(text: string): unknown {
  return parser.parse(text);
}
