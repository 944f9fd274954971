import { removePeople } from '../lib/people.ts';
import { plan, story } from '../lib/plan.ts';
import { auditCampaigns, campaignLinks, sendOut } from './campaign.ts';
import { sellTickets } from './few-tickets.ts';
import { tend } from './owner.ts';
import { newPinBoard, removeLinks, type PinBoard } from './pin-board.ts';
import { auditVisits, fetches, visit, visits } from './visitor.ts';

/* A link goes round the world while a campaign is sent out and its owner corrects a few. */
export const options = plan({
  stories: { visitor: { perSecond: 80 }, campaign: { perSecond: 1 }, owner: { perSecond: 1 } },
  budgets: { read: 50, write: 250 },
  thresholds: { ...visits.thresholds, ...fetches.thresholds, ...campaignLinks.thresholds },
});

export const setup = (): PinBoard => newPinBoard();

export const visitor = story(visit);
export const campaign = story(sendOut);
export const owner = story(tend);

export function teardown(board: PinBoard): void {
  sellTickets(board);
  auditCampaigns(board);
  auditVisits(board);
  removeLinks(board);
  removePeople([board.owner]);
}
