import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { ServiceError } from '../../aws-model/service-error';
import { appendLine, readLines } from '../json-lines';

export interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

/** The log events of containers and functions: a directory for each log group, a file for each log stream. */
export class Logs {
  private readonly root: string;

  /** @param directory the directory of all state */
  constructor(directory: string) {
    this.root = path.join(directory, 'logs');
    mkdirSync(this.root, { recursive: true });
  }

  public write(group: string, stream: string, message: string): void {
    const directory = path.join(this.root, encode(group));
    mkdirSync(directory, { recursive: true });
    const event: LogEvent = { timestamp: Date.now(), message };
    appendLine(path.join(directory, encode(stream)), event);
  }

  /** The log events of a job, an endpoint or a function, by its name, in the order of their timestamps. */
  public of(name: string): { readonly stream: string; readonly event: LogEvent }[] {
    const found = this.groups().flatMap((group) =>
      this.streams(group)
        .filter((stream) => group.endsWith(`/${name}`) || stream.startsWith(`${name}/`))
        .flatMap((stream) => this.events(group, stream).map((event) => ({ stream, event }))),
    );
    return found.sort((a, b) => a.event.timestamp - b.event.timestamp);
  }

  public groups(): string[] {
    return readdirSync(this.root).map(decode);
  }

  public streams(group: string): string[] {
    const directory = path.join(this.root, encode(group));
    if (!existsSync(directory)) {
      throw new ServiceError('ResourceNotFoundException', 'The specified log group does not exist.');
    }
    return readdirSync(directory).map(decode);
  }

  public events(group: string, stream: string): LogEvent[] {
    const file = path.join(this.root, encode(group), encode(stream));
    if (!existsSync(file)) {
      throw new ServiceError('ResourceNotFoundException', 'The specified log stream does not exist.');
    }
    return readLines(file);
  }
}

/** Names contain slashes and come from requests: they must not lead out of the directory. */
const encode = (name: string): string => encodeURIComponent(name).replace(/\./g, '%2E');
const decode = (name: string): string => decodeURIComponent(name);
