import { readFileSync } from 'node:fs';
import type { Listener } from './engine';

const LISTENING = '0A';

/** The states of a connection, and of one that is being opened. A UDP socket with a peer has the first one too. */
const CONNECTED = ['01', '02'];

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
    return socketsOf(pid, ['tcp', 'tcp6'])
      .filter(({ state, local }) => state === LISTENING && local.address !== NAME_SERVER)
      .map(({ local }) => local);
  } catch {
    return undefined;
  }
}

/** Whether the network namespace of a process has a connection to another machine, or waits for one or for a name server. */
export function isConnected(pid: number): boolean {
  const isOwn = ({ local, remote }: Socket): boolean => isLoopback(remote) || remote.address === local.address;
  return (
    socketsOf(pid, ['tcp', 'tcp6']).some((socket) => CONNECTED.includes(socket.state) && !isOwn(socket)) ||
    socketsOf(pid, ['udp', 'udp6']).some(({ state }) => CONNECTED.includes(state))
  );
}

interface Socket {
  readonly local: Listener;
  readonly remote: Listener;
  readonly state: string;
}

function socketsOf(pid: number, tables: string[]): Socket[] {
  return tables.flatMap((table) => {
    const rows = readFileSync(`/proc/${pid}/net/${table}`, 'utf8').trim().split('\n').slice(1);
    return rows.map((row) => {
      const [, local, remote, state] = row.trim().split(/\s+/);
      return { local: endOf(local), remote: endOf(remote), state };
    });
  });
}

function endOf(text: string): Listener {
  const [address, port] = text.split(':');
  return { address: addressOf(address), port: parseInt(port, 16) };
}

/** The text of an address in /proc/net: words of four bytes, the lowest byte first. */
function addressOf(address: string): string {
  const words = address.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).reverse());
  if (bytes.length === 4) return bytes.map((byte) => parseInt(byte, 16)).join('.');
  if (/^(00){10}FFFF/.test(bytes.join(''))) return addressOf(words[3]);
  if (bytes.slice(0, 15).every((byte) => byte === '00') && bytes[15] === '01') return '::1';
  return bytes.every((byte) => byte === '00') ? '::' : bytes.join('').toLowerCase();
}
