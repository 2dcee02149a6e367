import type { JSX } from 'preact';
import { RequestError } from './aws';

/** The link of a message to the documentation. */
const LINK = /(https:\/\/[^\s'"]+)/;

/** The code and the message of an error. */
export function Failure({ error }: { readonly error: unknown }): JSX.Element {
  const { code, message } = error instanceof RequestError ? error : { code: '', message: String(error) };
  return (
    <p class="failure" role="alert">
      {code !== '' && <strong>{code}: </strong>}
      {message.split(LINK).map((part) =>
        LINK.test(part) ? (
          <a key={part} href={part} target="_blank" rel="noreferrer">
            {part}
          </a>
        ) : (
          part
        ),
      )}
    </p>
  );
}
