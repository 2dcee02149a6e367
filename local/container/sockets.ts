import { readFileSync } from 'node:fs';
import type { Listener } from './engine';

const LISTENING = '0A';

/** The DNS server of the engine in each user-defined network. */
const NAME_SERVER = '127.0.0.11';

/** Whether a socket can only be reached from inside of its container. */
export function isLoopback({ address }: Listener): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** Whether a process belongs to a container, by its control groups. */
export function isIn(pid: number, container: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(container);
  } catch {
    return false;
  }
}

/** The listening sockets of the network namespace of a process; undefined on systems other than Linux. */
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
    return state === LISTENING ? [{ address: addressOf(address), port: parseInt(port, 16) }] : [];
  });
}

/** The text of an address in /proc/net: words of four bytes, the lowest byte first. */
function addressOf(address: string): string {
  const words = address.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).reverse());
  if (bytes.length === 4) return bytes.map((byte) => parseInt(byte, 16)).join('.');
  if (bytes.slice(0, 15).every((byte) => byte === '00') && bytes[15] === '01') return '::1';
  return bytes.every((byte) => byte === '00') ? '::' : bytes.join('').toLowerCase();
}
