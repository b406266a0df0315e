// The Worker's entry: it sends requests, queue messages and cron runs to their doors.
import { Hono } from 'hono';
import { health } from './health';
import { freshLanding, landing } from './landing';
import { live } from './live';
import { media } from './media';
import { pages } from './pages';
import { unexpected, wrongMethod } from './problem';
import { consumeQueue } from './queue';
import { limitStrangers } from './rate-limit';
import type { RequestContext } from './request-context';
import { requestMiddleware } from './request-middleware';
import { securityContact } from './security-contact';
import { staticMedia } from './static-media';
import { stripe } from './stripe';
import { sweepAll } from './sweeper';
import { uploads } from './uploads';
import { webhooks } from './webhooks';

export { GenerationJob } from './generation-job';
export { LiveChannel } from './live-channel';

const app = new Hono<RequestContext>();
app.get('/healthz', limitStrangers, health);
app.get('/film/*', limitStrangers, staticMedia);
app.get('/music/*', limitStrangers, staticMedia);
app.get('/', freshLanding);
app.use(...requestMiddleware);
app.all('/healthz', wrongMethod('GET, HEAD'));
app.get('/.well-known/security.txt', securityContact);
app.get('/live', live);
app.all('/live', wrongMethod('GET'));
app.route('/media', media);
app.route('/uploads', uploads);
app.route('/webhooks/stripe', stripe);
app.route('/webhooks', webhooks);
app.get('/', landing).all('*', pages);
app.onError(unexpected);

export default { fetch: app.fetch, queue: consumeQueue, scheduled: sweepAll } satisfies ExportedHandler<Env>;
