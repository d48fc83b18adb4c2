import { enumTable } from '../table.js';

export const dayOfWeekTable = enumTable('System.DayOfWeek', {
  Sunday: 0,
  Monday: 1,
  Tuesday: 2,
  Wednesday: 3,
  Thursday: 4,
  Friday: 5,
  Saturday: 6,
});

export const dateTimeKindTable = enumTable('System.DateTimeKind', {
  Unspecified: 0,
  Utc: 1,
  Local: 2,
});
