import { Listr, type ListrTaskWrapper } from 'listr2';
import { type CheckEvents, type CheckOptions, GROUPS, type Group, type Wait } from '../check';
import { note } from './session';
import { WaitNotes, waitText } from './wait-notes';

type Task = ListrTaskWrapper<unknown, never, never>;

const TITLES: Record<Group, string> = {
  image: 'Image',
  training: 'Training',
  serving: 'Serving',
  processing: 'Processing',
};

/** Shows the progress of the checks in a terminal; without a terminal, a line when checks start and when each of them ends. */
export class Progress {
  private readonly groups = new Map<Group, GroupProgress>();
  private rendering?: Promise<unknown>;
  private readonly started: string[] = [];
  private readonly notes = new Map<Group, WaitNotes>();

  public events(isVerbose: boolean): CheckEvents & Pick<CheckOptions, 'onBuild'> {
    return {
      onBuild: isVerbose ? note : undefined,
      ...(process.stderr.isTTY
        ? {
            onStart: ({ id, group }) => this.group(group).start(id),
            onOutcome: ({ id, group }) => this.group(group).end(id),
            onWait: (wait) => this.group(wait.group).wait(wait),
          }
        : {
            onStart: ({ id }) => this.noteStart(id),
            onOutcome: ({ id }, { status, seconds }) => {
              if (status !== 'skipped') note(`${status}: ${id} (${seconds.toFixed(1)} s)`);
            },
            onWait: (wait) => this.notesOf(wait.group).add(wait),
          }),
    };
  }

  /** The checks that start together have one line. */
  private noteStart(id: string): void {
    if (this.started.push(id) > 1) return;
    queueMicrotask(() => note(`started: ${this.started.splice(0).join(', ')}`));
  }

  /** Stops the updates. The last state remains visible. */
  public async end(): Promise<void> {
    this.groups.forEach((group) => group.finish());
    await this.rendering;
  }

  private notesOf(group: Group): WaitNotes {
    const notes = this.notes.get(group) ?? new WaitNotes(`${group}: `);
    this.notes.set(group, notes);
    return notes;
  }

  private group(group: Group): GroupProgress {
    if (this.groups.size === 0) GROUPS.forEach((name) => this.groups.set(name, new GroupProgress()));
    this.rendering ??= this.show();
    return this.groups.get(group) as GroupProgress;
  }

  private show(): Promise<unknown> {
    const tasks = GROUPS.map((name) => ({
      title: TITLES[name],
      task: (_: unknown, task: Task) => this.groups.get(name)?.showIn(task, TITLES[name]),
    }));
    const options = { concurrent: true, registerSignalListeners: false, rendererOptions: { outputBar: 1 } };
    const renderer = { ...options, renderer: 'default' as const, exitOnError: false };
    return new Listr(tasks as never, renderer as never).run().catch(() => undefined);
  }
}

class GroupProgress {
  /** Ends the task that shows this group. */
  public finish: () => void = () => undefined;
  private readonly running = new Set<string>();
  private done = 0;
  private waiting?: string;
  private task?: { readonly wrapper: Task; readonly title: string };
  private readonly completion = new Promise<void>((resolve) => (this.finish = resolve));

  public start(id: string): void {
    this.running.add(id);
    this.update();
  }

  public end(id: string): void {
    this.running.delete(id);
    this.waiting = undefined;
    this.done++;
    this.update();
  }

  /** Shows what the running checks wait for, instead of their names. */
  public wait(wait: Wait): void {
    this.waiting = waitText(wait);
    this.update();
  }

  public showIn(wrapper: Task, title: string): Promise<void> {
    this.task = { wrapper, title };
    this.update();
    return this.completion;
  }

  private update(): void {
    if (this.task === undefined) return;
    const { wrapper, title } = this.task;
    wrapper.title = `${title}: ${this.done} checks done`;
    wrapper.output = this.waiting ?? [...this.running].join(', ');
  }
}
