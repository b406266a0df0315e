/** How many films one person may have, and begin within 24 hours (deleted ones count for the day). */
export const projectLimits = { films: 1000, projectsPerDay: 200 } as const;
