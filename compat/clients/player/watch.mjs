// Watches the page of a video in Chromium, as a person would: sees how far it is, waits until it plays, and plays it.
// Prints what was seen as JSON, with every error that the browser told.
//
//     node watch.mjs CHROMIUM URL
//
// The page has a limit of five minutes to show a film or to say why there is none.

import { chromium } from "playwright-core";

const [executablePath, url] = process.argv.slice(2);
const seen = { progress: null, fault: null, film: null, errors: [] };

// As root, Chromium runs without its sandbox or not at all.
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"] });
const page = await browser.newPage();
page.on("console", (message) => {
    if (message.type() === "error") seen.errors.push(`${message.location().url}: ${message.text()}`);
});
page.on("pageerror", (error) => seen.errors.push(String(error)));
page.on("requestfailed", (request) => {
    // A browser gives up a request for a part of a film when it wants another part.
    const why = request.failure()?.errorText;
    if (why !== "net::ERR_ABORTED") seen.errors.push(`${request.url()}: ${why}`);
});

await page.goto(url);
seen.title = await page.title();
const bar = page.locator("progress");
if (await bar.count()) {
    seen.progress = { percent: await bar.first().getAttribute("value"), text: await page.locator("p").first().innerText() };
}
await page.waitForSelector("video, .fault", { timeout: 300_000 });
if (await page.locator(".fault").count()) {
    seen.fault = await page.locator(".fault").innerText();
} else {
    seen.film = await page.locator("video").evaluate(async (video) => {
        const event = (name) => new Promise((resolve) => video.addEventListener(name, resolve, { once: true }));
        if (video.readyState < HTMLMediaElement.HAVE_METADATA) await event("loadedmetadata");
        const told = { width: video.videoWidth, height: video.videoHeight, duration: video.duration };
        for (const track of video.textTracks) track.mode = "showing";
        video.currentTime = 0;
        await video.play();
        const times = [];
        while (!video.ended) {
            await event("timeupdate");
            times.push(video.currentTime);
        }
        const frames = video.getVideoPlaybackQuality();
        return {
            ...told, times, frames: frames.totalVideoFrames, error: video.error?.message ?? null,
            cues: [...video.textTracks].flatMap((track) => [...track.cues].map((cue) => cue.text)),
        };
    });
}
await browser.close();
console.log(JSON.stringify(seen));
