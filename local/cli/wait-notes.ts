import { stripVTControlCharacters } from 'node:util';
import { note } from './session';

/** A wait of at most some seconds, and the last state that was seen. */
interface Wait {
  readonly state: string;
  readonly seconds: number;
  readonly limitSeconds: number;
}

/** Shorter waits are usual, and need no explanation. */
const USUAL_SECONDS = 10;

/** How much longer a wait is at its next line: a long one has few lines. */
const GROWTH = 1.5;

/** Prints lines while a command waits. */
export class WaitNotes {
  private seconds = 0;
  private next = USUAL_SECONDS;

  constructor(private readonly prefix = '') {}

  public add(wait: Wait): void {
    // Another container waits.
    if (wait.seconds < this.seconds) this.next = USUAL_SECONDS;
    this.seconds = wait.seconds;
    if (wait.seconds < this.next) return;
    this.next = wait.seconds * GROWTH;
    note(`${this.prefix}${waitText(wait)}`);
  }
}

/** A wait in words: `waiting for 30 s, at most 480 s: nothing listens on port 8080`. */
export function waitText({ state, seconds, limitSeconds }: Wait): string {
  return `waiting for ${Math.floor(seconds)} s, at most ${Math.round(limitSeconds)} s: ${stripVTControlCharacters(state)}`;
}
