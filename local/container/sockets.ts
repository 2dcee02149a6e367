import { readFileSync } from 'node:fs';
import type { Listener } from './engine';

const LISTENING = '0A';

/** Where the engine answers questions for names, in each network that it has made. */
const NAME_SERVER = '127.0.0.11';

/** Whether a process is one of a container, by its groups. */
export function isIn(pid: number, container: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(container);
  } catch {
    return false;
  }
}

/** What a process and its neighbours in the same network listen on, by the tables of Linux; undefined elsewhere. */
export function listenersOf(pid: number): Listener[] | undefined {
  try {
    const all = ['tcp', 'tcp6'].flatMap((table) => rowsOf(readFileSync(`/proc/${pid}/net/${table}`, 'utf8')));
    return all.filter(({ address }) => address !== NAME_SERVER);
  } catch {
    return undefined;
  }
}

function rowsOf(table: string): Listener[] {
  const rows = table.trim().split('\n').slice(1);
  return rows.flatMap((row) => {
    const [, local, , state] = row.trim().split(/\s+/);
    const [address, port] = local.split(':');
    return state === LISTENING ? [{ address: textOf(address), port: parseInt(port, 16) }] : [];
  });
}

/** Addresses are words of four bytes, each with its lowest byte first. */
function textOf(address: string): string {
  const words = address.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).reverse());
  if (bytes.length === 4) return bytes.map((byte) => parseInt(byte, 16)).join('.');
  const isLoopback = bytes.slice(0, 15).every((byte) => byte === '00') && bytes[15] === '01';
  if (isLoopback) return '::1';
  return bytes.every((byte) => byte === '00') ? '::' : bytes.join('').toLowerCase();
}
