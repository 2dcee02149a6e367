#!/usr/bin/env node
import { listenForSignals } from '../local/cli/signals';

listenForSignals();

// A command sets the exit code when it has finished. Without one, the event loop ran empty: never a success.
process.on('exit', () => {
  if (process.exitCode !== undefined) return;
  process.stderr.write('byoa: internal error: the command ended before it was finished.\n');
  process.exitCode = 2;
});

// Loaded after the signal handlers, since loading takes longer than all that comes before it.
void import('../local/cli').then(({ main }) => main(process.argv.slice(2)));
