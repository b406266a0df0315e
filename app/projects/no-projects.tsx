import { Form } from '@remix-run/react';
import { Button } from '~/components/button';

const scenes = ['grandmother-at-the-window', 'wedding-kiss', 'dog-in-snow'];

/** The projects page of a person without projects: pictures, a sentence, and the button that makes the first one. */
export function NoProjects() {
  return (
    <section className="grid justify-items-center gap-8 py-8 text-center md:py-12">
      <div aria-hidden="true" className="flex justify-center">
        {scenes.map((scene, index) => (
          <img
            key={scene}
            src={`/scenes/${scene}-480.jpg`}
            alt=""
            width={480}
            height={640}
            className={`w-28 rounded-[6px] border-6 border-[oklch(0.99_0.004_80)] shadow-float md:w-44 ${
              ['translate-x-4 -rotate-6', 'z-1 -translate-y-3', '-translate-x-4 rotate-6'][index]
            }`}
          />
        ))}
      </div>
      <p className="max-w-[24ch] font-title text-25 text-balance md:text-32">Your first film begins with one photo.</p>
      <Form method="post" action="/projects" className="grid w-full max-w-[24rem] gap-3">
        <Button type="submit" kind="primary" icon="plus" size="large">
          New film
        </Button>
        <p className="text-15 text-quiet">Next, choose the photos.</p>
      </Form>
    </section>
  );
}
