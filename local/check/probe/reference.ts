import { type HttpResponse, NoResponse, isSuccess } from '../../http';

/**
 * The responses to the sample request, sent twice to a container. A status from 200 to 299 alone does not prove that a request succeeded:
 * servers respond with it to errors too. The response must also resemble these.
 */
export class Reference {
  constructor(private readonly responses: readonly HttpResponse[]) {}

  /** Whether a response to the same sample has the content of these; only their form, if these already differ, and only success otherwise. */
  public isLike(response: HttpResponse | NoResponse): response is HttpResponse {
    if (response instanceof NoResponse || !isSuccess(response)) return false;
    const [first, ...others] = this.responses;
    const isSame = [hasSameText, hasSameForm].find((one) => others.every((other) => one(first, other)));
    return isSame?.(first, response) ?? true;
  }
}

const NUMBER = /(-?\d[\d.]*(?:e[+-]?\d+)?)/gi;

/** How much a prediction may depend on the other requests of a batch, relative to its value. */
const TOLERANCE = 1e-3;

/** Whether two bodies have the same text, up to the precision of its numbers. */
function hasSameText(one: HttpResponse, other: HttpResponse): boolean {
  // The parts with an odd index are numbers.
  const [parts, otherParts] = [one, other].map(({ body }) => body.toString('latin1').split(NUMBER));
  return (
    parts.length === otherParts.length &&
    parts.every(
      (part, index) =>
        part === otherParts[index] || (index % 2 === 1 && isClose(Number(part), Number(otherParts[index]))),
    )
  );
}

function isClose(one: number, other: number): boolean {
  return Math.abs(one - other) <= TOLERANCE * Math.max(Math.abs(one), Math.abs(other));
}

const hasSameForm = (one: HttpResponse, other: HttpResponse): boolean => formOf(one) === formOf(other);

/** The form of a body: the members of JSON with their types, or a text without its numbers. */
function formOf({ body }: HttpResponse): string {
  const text = body.toString();
  try {
    return JSON.stringify(typesOf(JSON.parse(text)));
  } catch {
    return text.replaceAll(NUMBER, '0');
  }
}

function typesOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(typesOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, typesOf(member)]));
}
