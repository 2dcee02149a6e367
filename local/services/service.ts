import { notSupported } from '../aws-model/not-supported';
import type { Caller } from './access';
import type { ResourceTypes } from './resource-type';
import { type JsonApi, respondJson } from './wire/json';
import { type QueryApi, respondQuery } from './wire/query';
import type { Request, Response } from './wire/request';

/** The operations of a service, and the protocol in which clients call them. */
export type Api =
  | ({ readonly protocol: 'json' } & JsonApi)
  | ({ readonly protocol: 'query' } & QueryApi)
  | { readonly protocol: 'rest'; respond(request: Request, callerOf: CallerOf): Promise<Response> };

/** Finds the caller of a request by its access key. It throws an error if the key is not valid any more. */
export type CallerOf = (request: Request) => Caller;

/** Requests that are recognized by their path, because they are not signed or belong to a second protocol of the service. */
export interface Route {
  readonly path: RegExp;

  /** The name of the service in the signature that a request must have; undefined if it need not be signed. */
  readonly signingName?: string;
  respond(request: Request, callerOf: CallerOf): Promise<Response>;
}

/** An AWS service: one row of the table of services. */
export interface Service {
  /** The name of the service in the signature of a request. */
  readonly signingName: string;

  /** Without an API, the service is only used by other services, and by stacks. */
  readonly api?: Api;
  readonly routes?: readonly Route[];

  /** The CloudFormation resource types that are emulated. */
  readonly resourceTypes?: ResourceTypes;

  /** Continues the work that was in progress when the local service last stopped. */
  resume?(): void;

  /** Stops all work; the state remains on disk. */
  close?(): void | Promise<void>;
}

const UNSIGNED: Response = {
  status: 403,
  headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'MissingAuthenticationTokenException' },
  body: JSON.stringify({ message: 'Missing Authentication Token' }),
};

function routeOf(services: readonly Service[], path: string): Route | undefined {
  for (const { routes = [] } of services) {
    const route = routes.find((one) => one.path.test(path));
    if (route !== undefined) return route;
  }
  return undefined;
}

/** Finds the service that a request is for, by its path or its signature, and returns the response. */
export function respond(
  services: readonly Service[],
  request: Request,
  callerOf: CallerOf,
  signingName = '',
  region?: string,
): Promise<Response> {
  const route = routeOf(services, request.path);
  if (route !== undefined) {
    const isSigned = route.signingName === undefined || route.signingName === signingName;
    return isSigned ? route.respond(request, callerOf) : Promise.resolve(UNSIGNED);
  }
  const api = services.find((service) => service.signingName === signingName)?.api;
  // A web page can make a browser send GET requests, which must not have an effect.
  if (api !== undefined && api.protocol !== 'rest' && request.method !== 'POST') {
    const body = `The operations of "${signingName}" are called with POST, got: ${request.method}.`;
    return Promise.resolve({ status: 405, headers: { allow: 'POST' }, body });
  }
  switch (api?.protocol) {
    case 'json':
      return respondJson(signingName, api, request, callerOf, region);
    case 'query':
      return respondQuery(signingName, api, request, callerOf, region);
    case 'rest':
      return api.respond(request, callerOf);
    case undefined: {
      const missing = signingName === '' ? 'unsigned requests' : `the service "${signingName}"`;
      return Promise.resolve({ status: 501, body: notSupported('all-services', missing) });
    }
  }
}
