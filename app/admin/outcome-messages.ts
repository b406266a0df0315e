import { answerMessages } from './money/purchase-facts';
import { refundMessages } from './money/refunds';

// Sentences for what became of an admin's posts, by the code of the flash message. They are apart from those of everybody
// (app/outcome-messages.ts), so that no other page loads them.

/** What became of an action on one generation. */
export const generationMessages = {
  polled: 'The film service is asked as soon as its limit allows.',
  'not-reached':
    'The object of this generation could not be reached. Nothing has changed; the sweep wakes it within minutes.',
  canceled: 'Stopped. The credit is back with the person, and their open pages show it.',
  failed: 'Ended. The credit is back with the person, and their open pages show it.',
  retried: 'This is the new generation. Echoes has paid for it.',
  duplicate: 'The same form made this generation before; nothing was paid twice.',
  'too-late': 'It had ended by itself. Nothing has changed.',
  'cannot-be-stopped': 'Its film service cannot stop it, so it goes on. “Fail and refund” ends it all the same.',
  'too-many-stops': 'The person’s stops of the day are used, so it goes on. “Fail and refund” ends it all the same.',
  'no-answer':
    'Its film service did not say whether it can still be stopped, so it goes on. “Fail and refund” ends it all the same.',
  'already-open': 'Another generation of this clip is under way. Nothing was paid.',
  'not-found': 'The clip or its film is deleted, so it cannot be made again. Nothing was paid.',
  'no-credit': 'The credit could not be booked. Nothing was paid.',
  'too-many-open': 'This person has as many clips under way as the settings allow. Nothing was paid.',
  unavailable: 'This film service cannot make it: not set up, or not in this length and shape. Nothing was paid.',
  paused: 'This film service rests after failures. Nothing was paid; choose another, or wait.',
  maintenance: 'Maintenance mode is on. Nothing was paid.',
  'too-many-refused': 'Film services declined too many of this person’s pictures today. Nothing was paid.',
  'needs-another-admin':
    'This gives a credit, which needs another admin’s yes: the clip is yours, or your limit for a day is used up. Nothing was paid.',
} as const satisfies Record<string, string>;

/** What became of a post on a page about people, money or health. */
const panelMessages = {
  'adjustment-done': 'Done. The balance has changed, and the credit history gives the reason.',
  'adjustment-waiting': 'Asked for. It is done once another admin says yes.',
  'adjustment-declined': 'Declined. Nothing was moved.',
  'adjustment-overdraft': 'Not done: it would take more than the credits in the account.',
  'adjustment-used-before':
    'Not done: this form was sent before with other values. Look at the list below, then send it again.',
  'adjustment-invalid':
    'Not done: it needs a whole number of credits from 1 to 10,000 and a reason of 3 letters or more.',
  'adjustment-decided-before': 'Another admin has decided this already. Nothing more was moved.',
  'adjustment-needs-another-admin':
    'Not done: an admin with another Google account than the one who asked has to say yes.',
  'setting-waiting': 'Asked for. It changes once another admin says yes.',
  'setting-done': 'Changed. It is live everywhere within five seconds.',
  'setting-declined': 'Declined. The setting stays as it is.',
  'setting-decided-before': 'Another admin has decided this already. Nothing more was changed.',
  'setting-needs-another-admin':
    'Not changed: an admin with another Google account than the one who asked has to say yes.',
  suspended: 'Suspended. Nothing was deleted.',
  lifted: 'Lifted. The person can sign in again, and finds everything as it was.',
  'all-suspended': 'Suspended, all of them. Nothing was deleted, and it can be taken back below.',
  'all-lifted': 'Taken back. They can sign in again, and find everything as it was.',
  'signed-out': 'Signed out on every device.',
  'already-so': 'It was so already. Nothing has changed.',
  yourself: 'Not done: admins cannot suspend themselves.',
  'reason-missing': 'Not done: it needs a reason of 3 letters or more.',
  'provider-rested': 'It rests. What waited for it goes to the next film service in order, or waits.',
  'provider-woken': 'It is awake. After a rest of its own a few clips try it first; the others follow.',
  'rest-invalid': 'Not done: it needs a film service, a length and a reason of 3 letters or more.',
  compared: 'Compared. The differences stand below.',
  'not-compared': 'Stripe could not be reached. Nothing was compared.',
  'alert-told': 'The test message was accepted.',
} as const satisfies Record<string, string>;

/** All sentences of admins’ flash messages. */
export const adminMessages: Readonly<Record<string, string>> = {
  ...panelMessages,
  ...generationMessages,
  ...answerMessages,
  ...refundMessages,
};
