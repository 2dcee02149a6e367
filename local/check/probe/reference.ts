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
    for (const comparable of [textOf, formOf]) {
      const forms = new Set(this.responses.map(comparable));
      if (forms.size === 1) return forms.has(comparable(response));
    }
    return true;
  }
}

const textOf = ({ body }: HttpResponse): string => body.toString('latin1');

/** The form of a body: the members of JSON with their types, or a text without its numbers. */
function formOf({ body }: HttpResponse): string {
  const text = body.toString();
  try {
    return JSON.stringify(typesOf(JSON.parse(text)));
  } catch {
    return text.replace(/-?\d[\d.]*(e[+-]?\d+)?/gi, '0');
  }
}

function typesOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(typesOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, typesOf(member)]));
}
