import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import type { Context } from '../context';
import { appendLine, readLines } from '../json-lines';
import { now } from '../wire/record';

/** An event of an execution, as GetExecutionHistory returns it. */
export interface HistoryEvent extends Readonly<Record<string, unknown>> {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;

  /** Seconds since 1970. */
  readonly timestamp: number;
}

/** The events of executions, in a file for each execution. */
export class Histories {
  private readonly directory: string;
  private readonly lengths = new Map<string, number>();

  constructor(context: Context) {
    this.directory = path.join(context.directory, 'state', 'execution-histories');
    mkdirSync(this.directory, { recursive: true });
  }

  /** Adds an event, and returns its ID. */
  public add(executionArn: string, type: string, previousEventId: number, details: object = {}): number {
    const id = (this.lengths.get(executionArn) ?? this.events(executionArn).length) + 1;
    const event: HistoryEvent = { timestamp: now(), type, id, previousEventId, ...details };
    appendLine(this.fileOf(executionArn), event);
    this.lengths.set(executionArn, id);
    return id;
  }

  /** The events of an execution, the oldest first. */
  public events(executionArn: string): HistoryEvent[] {
    return readLines(this.fileOf(executionArn));
  }

  public delete(executionArn: string): void {
    this.lengths.delete(executionArn);
    rmSync(this.fileOf(executionArn), { force: true });
  }

  /** The ARN of an execution can be longer than the name of a file. */
  private fileOf(executionArn: string): string {
    return path.join(this.directory, `${createHash('sha256').update(executionArn).digest('hex')}.jsonl`);
  }
}
