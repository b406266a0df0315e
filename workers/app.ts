// The front of the house: which door a request, a message or the clock goes through, and nothing else.
import { Hono } from 'hono';
import { guard, type Visit } from './guard';
import { media } from './media';
import { pages } from './pages';
import { consumeQueue } from './queue';
import { sweepAll } from './sweeper';
import { uploads } from './uploads';

export { GenerationJob } from './generation-job';
export { LiveChannel } from './live-channel';

const app = new Hono<Visit>();
app.use(guard);
app.route('/media', media);
app.route('/uploads', uploads);
app.all('*', pages);

export default { fetch: app.fetch, queue: consumeQueue, scheduled: sweepAll } satisfies ExportedHandler<Env>;
