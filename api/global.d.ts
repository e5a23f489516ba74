// The public API of "visavis/global". Written by `npm run api`; a test compares it with the build.

