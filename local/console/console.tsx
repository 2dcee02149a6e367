import { type ComponentType, type JSX, render } from 'preact';
import { SERVICE } from './aws';
import { Page } from './page';
import { link, useRoute } from './route';
import { Endpoint } from './views/endpoint';
import { Endpoints } from './views/endpoints';
import { Execution } from './views/execution';
import { Job } from './views/job';
import { Jobs } from './views/jobs';
import { Stack } from './views/stack';
import { Stacks } from './views/stacks';
import { TuningJobs } from './views/tuning';
import { TuningJob } from './views/tuning-job';
import { Version } from './views/version';
import { Versions } from './views/versions';
import { Workflows } from './views/workflows';

/** A view, and the view of one of its resources. */
interface View {
  readonly title: string;
  readonly List: ComponentType;
  readonly Detail: ComponentType<{ readonly path: readonly string[] }>;
}

const VIEWS: Record<string, View> = {
  jobs: { title: 'Jobs', List: Jobs, Detail: Job },
  tuning: { title: 'Tuning', List: TuningJobs, Detail: TuningJob },
  versions: { title: 'Versions', List: Versions, Detail: Version },
  endpoints: { title: 'Endpoints', List: Endpoints, Detail: Endpoint },
  workflows: { title: 'Workflows', List: Workflows, Detail: Execution },
  stacks: { title: 'Stacks', List: Stacks, Detail: Stack },
};

function Console(): JSX.Element {
  const [name = 'jobs', ...path] = useRoute();
  return (
    <>
      <a class="skip" href="#content" onClick={skipToContent}>
        Skip to the content
      </a>
      <header>
        <span class="brand">Local service</span>
        <span class="muted">
          {SERVICE.account} · {SERVICE.region}
        </span>
      </header>
      <nav aria-label="Views">
        {Object.entries(VIEWS).map(([id, { title }]) => (
          <a key={id} href={link(id)} aria-current={id === name ? 'page' : undefined}>
            {title}
          </a>
        ))}
      </nav>
      <Content key={[name, ...path].join('/')} name={name} path={path} />
    </>
  );
}

function Content({ name, path }: { readonly name: string; readonly path: readonly string[] }): JSX.Element {
  if (!Object.hasOwn(VIEWS, name)) return <Page title="Not found">The console has no view “{name}”.</Page>;
  const { List, Detail } = VIEWS[name];
  return path.length === 0 ? <List /> : <Detail path={path} />;
}

/** The fragment of the URL names the view, so that a link to a part of the page would change the view. */
function skipToContent(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('h1')?.focus();
}

render(<Console />, document.body);
