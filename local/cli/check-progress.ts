import { Listr, type ListrTaskWrapper } from 'listr2';
import { type Check, type CheckEvents, type CheckOptions, GROUPS, type Group } from '../check';
import { note } from './session';

type Task = ListrTaskWrapper<unknown, never, never>;

const TITLES: Record<Group, string> = { image: 'Looking at the image', training: 'Training', serving: 'Serving' };

/** Shows how far the checks are: in a terminal line by line as they go on, elsewhere not at all. */
export class Progress {
  private readonly groups = new Map<Group, GroupProgress>();
  private shown?: Promise<unknown>;

  public events(isVerbose: boolean): CheckEvents & Pick<CheckOptions, 'onBuild'> {
    return {
      onBuild: isVerbose ? note : undefined,
      onStart: (check) => this.group(check).start(check),
      onOutcome: (check) => this.group(check).end(check),
    };
  }

  /** The last picture stays. */
  public async end(): Promise<void> {
    this.groups.forEach((group) => group.finish());
    await this.shown;
  }

  private group(check: Check): GroupProgress {
    if (this.groups.size === 0) GROUPS.forEach((name) => this.groups.set(name, new GroupProgress()));
    this.shown ??= process.stderr.isTTY ? this.show() : Promise.resolve();
    return this.groups.get(check.group) as GroupProgress;
  }

  private show(): Promise<unknown> {
    const tasks = GROUPS.map((name) => ({
      title: TITLES[name],
      task: (_: unknown, task: Task) => this.groups.get(name)?.shownIn(task, TITLES[name]),
    }));
    const options = { concurrent: true, registerSignalListeners: false, rendererOptions: { outputBar: 1 } };
    const renderer = { ...options, renderer: 'default' as const, exitOnError: false };
    return new Listr(tasks as never, renderer as never).run().catch(() => undefined);
  }
}

class GroupProgress {
  private readonly underWay = new Set<string>();
  private done = 0;
  private task?: { readonly shown: Task; readonly title: string };
  private finished: () => void = () => undefined;
  private readonly whole = new Promise<void>((resolve) => (this.finished = resolve));

  public start({ id }: Check): void {
    this.underWay.add(id);
    this.update();
  }

  public end({ id }: Check): void {
    this.underWay.delete(id);
    this.done++;
    this.update();
  }

  public finish(): void {
    this.finished();
  }

  public shownIn(shown: Task, title: string): Promise<void> {
    this.task = { shown, title };
    this.update();
    return this.whole;
  }

  private update(): void {
    if (this.task === undefined) return;
    const { shown, title } = this.task;
    shown.title = `${title}: ${this.done} checks done`;
    shown.output = [...this.underWay].join(', ');
  }
}
