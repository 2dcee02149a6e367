import * as path from 'node:path';
import { describe, withDefaults, wrappedProject } from '../../../local/init';
import { write } from './projects';

const SCRIPT = `
import argparse, os
parser = argparse.ArgumentParser()
parser.add_argument('--epochs', type=int, default=10)
parser.add_argument("-r", "--learning-rate", type=float, default=1e-3)
parser.add_argument("--optimizer", default="adam", choices=["adam", "sgd"])
parser.add_argument("--seed", type=int)
parser.add_argument("--verbose", action="store_true")
parser.add_argument("--train", default=os.environ["SM_CHANNEL_TRAIN"])
parser.add_argument("--test", default=os.environ.get("SM_CHANNEL_TEST"))
`;

/** Repositories as they are found, by their name. */
export const REPOSITORIES: Record<string, Record<string, string>> = {
  combined: {
    Dockerfile: 'FROM debian\nCOPY train serve /usr/local/bin/\nEXPOSE 8080\n',
    train: '#!/bin/sh\n',
    serve: '#!/usr/bin/env python3\nif path == "/ping": ok()\n',
    'data/train/rows.csv': '1,2\n',
    '.dockerignore': 'deployment\n',
  },
  stages: {
    Dockerfile:
      'FROM debian AS training\nCOPY train /usr/bin/\nFROM nginx AS serving\nCOPY --from=training /lib /lib\nENTRYPOINT ["/app/serve"]\n',
    train: '',
    'app/serve': 'GET /ping',
  },
  web: {
    Dockerfile: '# train and serve\nFROM python\nCOPY app.py .\nEXPOSE 5000 8080/tcp\nCMD ["python", "app.py"]\n',
    'app.py': '@app.get("/predict")',
    '.dockerignore': '.git\n',
  },
  server: {
    Dockerfile: 'FROM python\nCOPY . /app\nEXPOSE 5000\nENTRYPOINT python /app/main.py serve\n',
    'main.py': '@app.get("/predict")',
  },
  script: { 'train.py': SCRIPT },
  'script-with-requirements': { 'train.py': 'print("train")\n', 'requirements.txt': 'numpy\n' },
};

/** A directory that was a repository, and what was written into it. */
export interface Wrapped {
  readonly directory: string;
  readonly files: Record<string, string>;
  readonly notes: string[];
}

/** Writes a repository, and the app around it. */
export function wrapped(parent: string, name: string, app: string, serving?: string): Wrapped {
  const directory = write(path.join(parent, `${name}-${app}`), REPOSITORIES[name]);
  const options = { ...withDefaults({ app, serving }), name: 'churn' };
  const { files, notes } = wrappedProject(directory, describe(directory), options);
  write(directory, files);
  const texts = Object.fromEntries([...files].map(([file, content]) => [file, content.toString()]));
  return { directory, notes, files: texts };
}
