import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { PATHS, SECONDS, SERVING } from '../contract';
import { unpack } from './artifact';
import { ModelError } from './invoke';

/**
 * The models of a container that holds many: each is loaded when it is first asked for, and the one that was asked least
 * recently makes room when the container has no memory left.
 */
export class MultiModel {
  /** By the name that callers use, the least recently used first. */
  private readonly loaded = new Map<string, Promise<void>>();

  constructor(
    private readonly url: string,

    /** What the container sees at /opt/ml/models. */
    private readonly directory: string,

    /** The archive of a model. */
    private readonly archiveOf: (name: string) => string,
  ) {}

  /** Where a model is asked, once it is loaded. */
  public async urlOf(name: string): Promise<string> {
    const loading = this.loaded.get(name) ?? this.load(name);
    this.loaded.delete(name);
    this.loaded.set(name, loading);
    try {
      await loading;
    } catch (error) {
      this.loaded.delete(name);
      throw error;
    }
    return `${this.url}${SERVING.models}/${idOf(name)}/invoke`;
  }

  private async load(name: string): Promise<void> {
    const id = idOf(name);
    const directory = path.join(this.directory, id, 'model');
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    await unpack(this.archiveOf(name), directory);
    const body = JSON.stringify({ model_name: id, url: `${PATHS.models}/${id}/model` });
    for (;;) {
      const { status, text } = await this.ask('POST', SERVING.models, body);
      // 409: it is there already, from before something was lost on the way.
      if (status === 200 || status === 409) return;
      const other = [...this.loaded.keys()].find((one) => one !== name);
      if (status !== 507 || other === undefined) throw new ModelError(status, text);
      await this.unload(other);
    }
  }

  private async unload(name: string): Promise<void> {
    const id = idOf(name);
    this.loaded.delete(name);
    await this.ask('DELETE', `${SERVING.models}/${id}`);
    rmSync(path.join(this.directory, id), { recursive: true, force: true });
  }

  private async ask(method: string, route: string, body?: string): Promise<{ status: number; text: string }> {
    const response = await fetch(`${this.url}${route}`, {
      method,
      body,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      signal: AbortSignal.timeout(SECONDS.modelLoading * 1000),
    });
    return { status: response.status, text: await response.text() };
  }
}

/** Containers must not read anything from the name of a model. */
function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}
