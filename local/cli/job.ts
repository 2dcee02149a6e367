import type { LogLine } from '../container';
import { note } from './session';

/** The options of the commands that run a job. */
export interface JobOptions {
  readonly json?: boolean;
}

interface JobEvents {
  readonly onPhase: (text: string) => void;
  onLog(line: LogLine & { readonly host: string }): void;
}

/** The name of a job of this machine, which contains the time of its start. */
export function localJobName(): string {
  return `local-${new Date().toISOString().replace(/[-:.]/g, '').slice(0, 18)}`;
}

/** Prints the phases and the logs of a job. With JSON as the result, nothing else is printed to standard output. */
export function printedEvents({ json }: JobOptions, hostCount: number): JobEvents {
  return {
    onPhase: note,
    onLog: ({ host, text, stream }) => {
      const line = hostCount > 1 ? `${host} | ${text}` : text;
      const out = json === true || stream === 'stderr' ? process.stderr : process.stdout;
      out.write(`${line}\n`);
    },
  };
}
