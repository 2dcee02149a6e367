import type { HttpResponse } from '../../../http';

export function isRedirect({ status }: Pick<HttpResponse, 'status'>): boolean {
  return status >= 300 && status < 400;
}

/** The fix for a route that redirects, which SageMaker does not follow. */
export function redirectFix(route: string, location = ''): string {
  const cause = /^https:/.test(location)
    ? 'Respond over plain HTTP: SageMaker has no TLS inside of an instance. Disable the redirect to HTTPS'
    : location.split('?')[0].endsWith(`${route}/`)
      ? 'Serve the route without a slash at its end (strict_slashes=False in Flask, redirect_slashes=False and both routes in FastAPI, APPEND_SLASH=False in Django)'
      : 'Serve the route itself, without a login or another page';
  return `${cause}: SageMaker does not follow the redirect to "${location}".`;
}
