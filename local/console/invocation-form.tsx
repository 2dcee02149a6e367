import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { Failure } from './failure';
import { ASYNC_HEADERS, HEADERS, type Result, invoked, invokedAsynchronously } from './invocation';

interface Props {
  readonly endpoint: string;

  /** Whether requests and responses are objects in S3. */
  readonly isAsync: boolean;
}

/** A form that invokes an endpoint with text or with a file, and shows the response. */
export function InvocationForm({ endpoint, isAsync }: Props): JSX.Element {
  const [outcome, setOutcome] = useState<{ readonly result?: Result; readonly error?: unknown }>({});
  const [isBusy, setBusy] = useState(false);
  const closing = useMemo(() => new AbortController(), []);
  useEffect(() => () => closing.abort(), [closing]);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setOutcome(
      await (isAsync ? invokedAsynchronously(endpoint, form, closing.signal) : invoked(endpoint, form)).then(
        (result) => ({ result }),
        (error: unknown) => ({ error }),
      ),
    );
    setBusy(false);
  };
  return (
    <div class="invocation">
      <form onSubmit={(event) => void submit(event)}>
        <Fields isAsync={isAsync} />
        <button type="submit" disabled={isBusy}>
          {isBusy ? 'Invoking…' : 'Invoke'}
        </button>
      </form>
      <div aria-live="polite">
        {outcome.error !== undefined && <Failure error={outcome.error} />}
        {outcome.result !== undefined && <Response {...outcome.result} />}
      </div>
    </div>
  );
}

function Fields({ isAsync }: Pick<Props, 'isAsync'>): JSX.Element {
  return (
    <>
      {isAsync && (
        <label>
          S3 URI of the input
          <input name="input" required pattern="s3://[^\/]+/.+" placeholder="s3://bucket/input.csv" />
        </label>
      )}
      <label>
        Content type
        <input name="contentType" defaultValue="text/csv" list="content-types" />
      </label>
      <datalist id="content-types">
        {['text/csv', 'application/json', 'application/jsonlines', 'application/octet-stream'].map((type) => (
          <option key={type} value={type} />
        ))}
      </datalist>
      <label>
        {isAsync ? 'Body (uploaded to the URI, unless it is empty)' : 'Body'}
        <textarea name="text" spellcheck={false} />
      </label>
      <label>
        File (instead of the body)
        <input name="file" type="file" />
      </label>
      <details>
        <summary>More headers</summary>
        <div class="fields">
          {Object.entries(isAsync ? ASYNC_HEADERS : HEADERS).map(([label, name]) => (
            <label key={name}>
              {label}
              <input name={name} />
            </label>
          ))}
        </div>
      </details>
    </>
  );
}

function Response({ contentType, source, milliseconds, body, text }: Result): JSX.Element {
  const url = useMemo(() => URL.createObjectURL(body), [body]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return (
    <>
      <p class="muted">
        {contentType}, {body.size} bytes, {milliseconds} ms, {source}
      </p>
      {text === undefined ? (
        <a href={url} download="response">
          Save the response
        </a>
      ) : (
        <pre tabIndex={0} aria-label="Response">
          {text}
        </pre>
      )}
    </>
  );
}
