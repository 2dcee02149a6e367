import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { RequestError, invoke } from './aws';
import { Failure } from './failure';

/** The optional headers of InvokeEndpoint, by their labels. */
const HEADERS: Record<string, string> = {
  Accept: 'accept',
  'Target variant': 'x-amzn-sagemaker-target-variant',
  'Target model': 'x-amzn-sagemaker-target-model',
  'Target container': 'x-amzn-sagemaker-target-container-hostname',
  'Inference component': 'x-amzn-sagemaker-inference-component',
  'Custom attributes': 'x-amzn-sagemaker-custom-attributes',
};

/** The response to an invocation, of the model or of the service. */
interface Result {
  readonly contentType: string;
  readonly variant: string;
  readonly milliseconds: number;
  readonly body: Blob;

  /** The body, if it is text. */
  readonly text?: string;
}

/** A form that invokes an endpoint with text or with a file, and shows the response. */
export function InvocationForm({ endpoint }: { readonly endpoint: string }): JSX.Element {
  const [outcome, setOutcome] = useState<{ readonly result?: Result; readonly error?: unknown }>({});
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setOutcome(
      await invoked(endpoint, form).then(
        (result) => ({ result }),
        (error: unknown) => ({ error }),
      ),
    );
    setBusy(false);
  };
  return (
    <div class="invocation">
      <form onSubmit={(event) => void submit(event)}>
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
          Body
          <textarea name="text" spellcheck={false} />
        </label>
        <label>
          File (instead of the body)
          <input name="file" type="file" />
        </label>
        <details>
          <summary>More headers</summary>
          <div class="fields">
            {Object.entries(HEADERS).map(([label, name]) => (
              <label key={name}>
                {label}
                <input name={name} />
              </label>
            ))}
          </div>
        </details>
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

function Response({ contentType, variant, milliseconds, body, text }: Result): JSX.Element {
  const url = useMemo(() => URL.createObjectURL(body), [body]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return (
    <>
      <p class="muted">
        {contentType}, {body.size} bytes, {milliseconds} ms, variant {variant}
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

async function invoked(endpoint: string, form: FormData): Promise<Result> {
  const valueOf = (name: string): string => form.get(name) as string;
  const given = Object.values(HEADERS).filter((name) => valueOf(name) !== '');
  const file = form.get('file') as File;
  const started = performance.now();
  const response = await invoke(endpoint, {
    body: file.name === '' ? valueOf('text') : file,
    headers: {
      'content-type': valueOf('contentType'),
      ...Object.fromEntries(given.map((name) => [name, valueOf(name)])),
    },
  });
  const body = await response.blob();
  if (!response.ok) throw errorOf(response, await body.text());
  return {
    contentType: response.headers.get('content-type') ?? 'no content type',
    variant: response.headers.get('x-amzn-invoked-production-variant') ?? '',
    milliseconds: Math.round(performance.now() - started),
    body,
    text: textOf(await body.arrayBuffer()),
  };
}

/** The error of the service, or of the model, whose original message has the reason. */
function errorOf({ headers, status }: globalThis.Response, text: string): RequestError {
  try {
    const { message = text } = JSON.parse(text) as { readonly message?: string };
    return new RequestError(headers.get('x-amzn-errortype') ?? String(status), message);
  } catch {
    return new RequestError(String(status), text);
  }
}

/** The text of a body; undefined if it is not text. */
function textOf(body: ArrayBuffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
