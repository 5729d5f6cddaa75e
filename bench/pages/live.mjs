// Counting how many camera frames a second a page has named and drawn.

const NAME = "Ada";
const LOOK_EVERY = 200; // ms between two looks at whether the name is shown

/** Watches for tasks over 50 ms on this thread. */
function watchLongTasks() {
  const tasks = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries()));
  observer.observe({ entryTypes: ["longtask"] });
  return () => {
    tasks.push(...observer.takeRecords());
    observer.disconnect();
    return tasks.length;
  };
}

/**
 * The frames of so many seconds, after the first one that was named.
 * `start(name)` turns the camera on, `frames()` counts, `named()` tells whether the name is shown;
 * `named` of the answer is the share of the looks at which it was.
 */
export async function count(seconds, { start, frames, named, stop }) {
  await start(NAME);
  while (!named(NAME)) await new Promise((resolve) => setTimeout(resolve, 50));
  const ended = watchLongTasks();
  const [before, began] = [frames(), performance.now()];
  let [looks, seen] = [0, 0];
  while (performance.now() - began < seconds * 1000) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    looks++;
    seen += named(NAME);
  }
  const answer = {
    rate: (frames() - before) / ((performance.now() - began) / 1000),
    named: seen / looks,
    longTasks: ended(),
  };
  await stop();
  return answer;
}

/** A loop of one's own over the camera, as pages write it: `work(video)` gives boxes with names. */
export function cameraLoop(enroll, work) {
  const video = document.createElement("video");
  const canvas = document.createElement("canvas");
  document.body.append(video, canvas);
  let [frames, running, labels] = [0, false, []];

  async function step() {
    if (!running) return;
    const found = await work(video);
    const context = canvas.getContext("2d");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    context.drawImage(video, 0, 0);
    for (const { box, label } of found) {
      context.strokeRect(box.x, box.y, box.width, box.height);
      context.fillText(label, box.x, box.y);
    }
    labels = found.map(({ label }) => label);
    frames++;
    requestAnimationFrame(step);
  }

  return (seconds) =>
    count(seconds, {
      async start(name) {
        await enroll(name);
        video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true });
        await video.play();
        running = true;
        step();
      },
      frames: () => frames,
      named: (name) => labels.includes(name),
      async stop() {
        running = false;
        for (const track of video.srcObject.getTracks()) track.stop();
      },
    });
}
