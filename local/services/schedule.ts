import { Cron } from 'croner';
import { validationError } from '../aws-model/service-error';
import type { Clock } from './clock';

/** When a schedule applies, in milliseconds since 1970. */
export interface ScheduleOptions {
  /** The times of a rate are counted from here. */
  readonly start: number;
  readonly timezone: string;
}

const AT = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/;
const RATE = /^rate\((\d+) (minute|hour|day)s?\)$/;
const CRON = /^cron\(([^)]+)\)$/;
const UNITS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

const INTERVAL_MS = 60_000;

/** Acts at each minute of the clock, until the signal is aborted. */
export async function everyMinute(clock: Clock, signal: AbortSignal, act: (time: number) => void): Promise<void> {
  for (;;) {
    const time = await clock.tick(INTERVAL_MS, signal).catch(() => undefined);
    if (time === undefined) return;
    act(time);
  }
}

/** The first time of a schedule after a time; undefined if there is none. */
export function nextTime(schedule: string, after: number, { start, timezone }: ScheduleOptions): number | undefined {
  const [, time] = AT.exec(schedule) ?? [];
  const [, amount, unit] = RATE.exec(schedule) ?? [];
  const [, fields] = CRON.exec(schedule) ?? [];
  try {
    if (time !== undefined) return later(new Cron(time, { timezone }), after);
    if (fields !== undefined) return later(cron(fields, timezone), after);
    if (amount !== undefined && Number(amount) > 0) {
      const interval = Number(amount) * UNITS[unit];
      return start + Math.max(1, Math.floor((after - start) / interval) + 1) * interval;
    }
  } catch (error) {
    throw validationError(`Schedule expression ${schedule} is not valid: ${(error as Error).message}`);
  }
  throw validationError(`Unsupported schedule expression: ${schedule}. Supported are at(…), rate(…) and cron(…).`);
}

function later(schedule: Cron, after: number): number | undefined {
  return schedule.nextRun(new Date(after))?.getTime();
}

/** A cron expression of AWS: minutes, hours, day of the month, month, day of the week (1 is Sunday) and year, without seconds. */
function cron(fields: string, timezone: string): Cron {
  const parts = fields.trim().split(/\s+/);
  if (parts.length !== 6) throw new Error(`It must have 6 fields, and has ${parts.length}.`);
  return new Cron(`0 ${parts.join(' ').replaceAll('?', '*')}`, { timezone, alternativeWeekdays: true, mode: '7-part' });
}
