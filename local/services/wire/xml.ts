import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import { ServiceError } from '../../aws-model/service-error';

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

/** Builds an XML document. */
export function xml(root: string, content: Record<string, unknown>, namespace?: string): string {
  const attributes = namespace === undefined ? {} : { '@xmlns': namespace };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [root]: { ...attributes, ...content } })}`;
}

/** A list in the query protocol: `member` elements. */
export function members(items: unknown[]): { member: unknown[] } {
  return { member: items };
}

const LISTS = ['Object', 'Part'];
const parser = new XMLParser({
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => LISTS.includes(name),
});

/** Parses an XML document of a client; all values are text. */
export function parseXml(text: string): unknown {
  try {
    return parser.parse(text, true);
  } catch (error) {
    throw new ServiceError('MalformedXML', `The XML you provided was not well-formed: ${(error as Error).message}`);
  }
}
