/** Where a lead stands, in the order of a sale. */
export const leadStatuses = ['nouveau', 'contacte', 'qualifie', 'gagne', 'perdu'] as const;
export type LeadStatus = (typeof leadStatuses)[number];
