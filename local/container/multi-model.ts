import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { PATHS, SECONDS, SERVING } from '../contract';
import { type HttpResponse, NoResponse, sendRequest } from '../http';
import { unpack } from './artifact';
import { ModelError } from './invoke';

/**
 * The models of a multi-model container: each is loaded with its first invocation, and the least recently invoked one is
 * unloaded when the container is out of memory.
 */
export class MultiModel {
  /** By the name in TargetModel, the least recently used first. */
  private readonly loaded = new Map<string, Promise<void>>();

  constructor(
    private readonly url: string,

    /** The directory that the container has at /opt/ml/models. */
    private readonly directory: string,

    /** The archive of a model. */
    private readonly archiveOf: (name: string) => string,
  ) {}

  /** The URL that invokes a model, once it is loaded. */
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
    const loading = JSON.stringify({ model_name: id, url: `${PATHS.models}/${id}/model` });
    for (;;) {
      const { status, body: message } = await this.send('POST', SERVING.models, loading);
      // 409: the model is already loaded, by an earlier request whose response was lost.
      if (status === 200 || status === 409) return;
      const other = [...this.loaded.keys()].find((one) => one !== name);
      if (status !== 507 || other === undefined) throw new ModelError(status, message.toString());
      await this.unload(other);
    }
  }

  private async unload(name: string): Promise<void> {
    const id = idOf(name);
    this.loaded.delete(name);
    await this.send('DELETE', `${SERVING.models}/${id}`);
    rmSync(path.join(this.directory, id), { recursive: true, force: true });
  }

  private async send(method: 'POST' | 'DELETE', route: string, body?: string): Promise<HttpResponse> {
    const response = await sendRequest(`${this.url}${route}`, {
      method,
      body: body === undefined ? undefined : Buffer.from(body),
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      timeoutSeconds: SECONDS.modelLoading,
    });
    if (response instanceof NoResponse) throw new Error(`${method} ${route}: ${response.message}`);
    return response;
  }
}

/** A hash: a container must not depend on the name of a model. */
function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}
