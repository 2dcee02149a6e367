import type { HttpResponse } from '../../../http';
import type { CheckContext } from '../../probe/check-context';
import { fixIn } from '../language';

export function isRedirect({ status }: Pick<HttpResponse, 'status'>): boolean {
  return status >= 300 && status < 400;
}

const WITHOUT_SLASH = {
  python:
    'The options are strict_slashes=False in Flask, redirect_slashes=False in FastAPI (with both routes), and APPEND_SLASH=False in Django.',
};

/** The fix for a route that redirects, which SageMaker does not follow. */
export function redirectFix(context: CheckContext, route: string, location = ''): Promise<string> {
  const cause = /^https:/.test(location)
    ? 'Respond over plain HTTP: SageMaker has no TLS inside of an instance. Disable the redirect to HTTPS'
    : location.split('?')[0].endsWith(`${route}/`)
      ? 'Serve the route without a slash at its end'
      : 'Serve the route itself, without a login or another page';
  const fix = `${cause}: SageMaker does not follow the redirect to "${location}".`;
  return fixIn(context, 'serve', fix, cause.includes('slash') ? WITHOUT_SLASH : {});
}
