/* The browser, and pages in it that remember what they said and what they asked for. */
'use strict';

const { pathToFileURL } = require('node:url');
const { chromium } = require('playwright-core');

const start = () =>
    chromium.launch({
        executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
        args: [
            '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
            '--disable-background-networking', '--disable-component-update', '--disable-sync',
        ],
    });

/* Opens a file in a context of its own. `said` are its warnings and errors, `asked` all that it
 * requested but itself. */
const open = async (browser, file, options = {}) => {
    const context = await browser.newContext({ viewport: { width: 1180, height: 900 }, ...options });
    const page = await context.newPage();
    const url = pathToFileURL(file).href;
    const said = [];
    const asked = [];
    page.on('console', (message) => {
        if (['warning', 'error'].includes(message.type())) {
            said.push(message.text());
        }
    });
    page.on('pageerror', (error) => said.push(String(error)));
    page.on('request', (request) => request.url() !== url && asked.push(request.url()));
    await page.goto(url);
    return { page, said, asked, close: () => context.close() };
};

module.exports = { start, open };
