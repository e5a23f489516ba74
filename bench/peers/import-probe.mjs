// A fresh process that imports one package, or none, and says what it took: node import-probe.mjs [NAME]
const [name] = process.argv.slice(2);
if (name !== undefined) await import(name);
const { user, system } = process.cpuUsage();
process.stdout.write(JSON.stringify({ cpu: user + system, rss: process.memoryUsage.rss() }), () => process.exit(0));
