"""Every text of the interface, in English; another language is a copy of this file (language.py).

Sentences for engine errors come from the engine with their code; a code listed in ERRORS wins.
"""

LANGUAGE, DIRECTION = "en", "ltr"  # for screen readers and the browser: the code, ltr or rtl
LANGUAGE_NAME = "English"

# The texts of the markup, by the keys of its data-text attributes.
MARKUP = {
    # The page
    "page.description": "Face recognition that stays in the page: find and name people in the "
    "camera picture and in photos. Nothing leaves this device.",
    "page.skip": "Skip to the content",
    "page.promise": "Nothing leaves this device.",
    "page.views": "Views",
    "page.no-script": "Faceside runs wholly inside this page and needs JavaScript for it: allow "
    "JavaScript for this address and load the page again.",
    "page.messages": "Messages",
    # Views
    "view.live": "Live",
    "view.photos": "Photos",
    "view.people": "People",
    "view.compare": "Compare",
    "view.settings": "Settings",
    "view.privacy": "Privacy",
    # Tour
    "tour.label": "Tour",
    "tour.number": "Step 1 of 3",
    "tour.private.title": "It all happens in this page",
    "tour.private": "Faceside finds faces in the camera picture, in photos and in videos, and "
    "knows them again. No picture and no name leaves this device.",
    "tour.person.title": "Add a person",
    "tour.person": "Start the camera or choose a photo, press “Add this person” beside a face and "
    "type the name: from then on it is named wherever it is seen. People holds them all.",
    "tour.more.title": "Then look around",
    "tour.more": "Photos sorts folders and videos by who is in them, Expressions follows how faces "
    "look, Compare sets two pictures side by side, Settings holds the nets. “Help” at the end of "
    "the page shows this again.",
    "tour.skip": "Skip the tour",
    "tour.back": "Back",
    "tour.next": "Next",
    "tour.help": "Help",
    # Loading
    "loading.title": "Getting ready",
    "loading.total": "Starting",
    "loading.interface": "Interface",
    "loading.packages": "numpy and Pillow",
    "loading.runtime": "Neural net runtime",
    "loading.models": "Models",
    "loading.warmup": "Warm-up",
    "loading.message": "The page could not start: check the connection to the address it came "
    "from, then load it again.",
    "loading.lacks": "This browser lacks what Faceside needs: update it, or open this page in a "
    "current Chrome, Edge, Firefox or Safari. Missing:",
    "loading.retry": "Try again",
    # Live
    "live.empty": "Start the camera to see who is in the picture.",
    "live.start": "Start the camera",
    "live.camera": "Camera",
    "live.mirror": "Mirror",
    "live.stop": "Stop",
    "live.seen": "In the picture",
    "live.off": "The camera is off.",
    # Live and Expressions
    "live.pause": "Pause",
    "live.snapshot": "Snapshot",
    "live.snapshot-plain": "Snapshot without overlay",
    "live.float": "Picture in picture",
    "live.more": "More",
    "live.size": "Resolution",
    "guided.title": "Add a person step by step",
    "guided.help": "Five pictures are taken by themselves while you look straight, left, right "
    "and up, and smile.",
    "guided.begin": "Begin",
    "guided.skip": "Skip this step",
    "presence.title": "Check presence",
    "presence.help": "Three motions in random order, each within 8 seconds. A photo held flat "
    "should not pass; a bent one or a film of the person may.",
    "presence.again": "Try again",
    "layers.legend": "Drawn over the picture",
    "layers.boxes": "Boxes",
    "layers.names": "Names",
    "layers.tracks": "Track numbers",
    "speed.title": "Speed",
    "view.expressions": "Expressions",
    "expressions.how": "How it is done",
    "expressions.estimate": "Estimate expressions",
    "expressions.names": "Recognise people",
    "expressions.help": "The bars are smoothed over 0.4 seconds. An expression is how a face "
    "looks; what somebody feels can be another matter.",
    "timeline.title": "Timeline",
    "timeline.span": "Shown",
    "timeline.1": "1 minute",
    "timeline.5": "5 minutes",
    "timeline.csv": "Export as CSV",
    "timeline.json": "Export as JSON",
    "timeline.clear": "Clear",
    # Photos
    "photos.choose": "Choose photos",
    "photos.folder": "Choose a folder",
    "photos.drop": "Hundreds of photos at once, and videos: or drop them or a folder "
    "here, or paste one. They are read on this device and kept only until the page is"
    " closed.",
    "photos.bar": "Photos worked on",
    "photos.cancel": "Cancel",
    "photos.resume": "Go on",
    "photos.clear": "Remove all photos",
    "groups.title": "Unknown people",
    "groups.help": "Faces that look like one person are together: name them all at once. "
    "Press a face that does not belong to leave it out.",
    "groups.more": "Show more people",
    "photos.filter": "Show",
    "photos.all": "All photos",
    "photos.csv": "Export CSV",
    "photos.json": "Export JSON",
    "photos.previous": "Previous",
    "photos.next": "Next",
    # Compare
    "compare.help": "Is it the same person in two pictures? Choose, drop or paste them.",
    "compare.clear": "Remove both",
    "compare.first": "First picture",
    "compare.choose-first": "Choose the first",
    "compare.second": "Second picture",
    "compare.choose-second": "Choose the second",
    # People
    "people.export": "Export",
    "people.export-compact": "Export compact",
    "people.export-compact.title": "A smaller file that is read many times faster; JSON is for "
    "other programs",
    "people.export-locked": "Export with a passphrase",
    "people.import": "Import",
    "people.empty": "The people kept on this device are listed here once the engine is ready.",
    "people.new": "New person",
    "people.clear": "Delete everything",
    "people.search": "Search",
    "people.more": "Show more",
    "person.back": "← All people",
    "person.rename": "Rename",
    "person.export": "Export",
    "person.delete": "Delete",
    "person.choose": "Choose photos",
    "person.take": "Take photos",
    "person.empty": "There is no photo of this person yet: add three, taken from "
    "different sides and in different light.",
    "person.notes": "Notes",
    "recompute.title": "Describing all photos anew",
    "recompute.pause": "Pause",
    "recompute.cancel": "Cancel",
    "person.drop": "or drop them here, or paste one. Only a small picture of the head is kept, "
    "on this device.",
    "new-person.title": "New person",
    "new-person.name": "Name",
    "new-person.send": "Next: photos",
    "take.title": "Take photos",
    "take.close": "Done",
    "take.photo": "Take a photo",
    "take.camera": "Camera",
    # Settings
    "settings.state": "The settings can be changed once the engine is ready.",
    "settings.reset": "Reset all settings",
    "settings.legend": "How faces are found and told apart; kept on this device",
    "settings.finding": "Finding faces",
    "settings.detector": "Detector",
    "settings.detector.help": "The net that finds the faces; another one may find more of them "
    "or be quicker.",
    "settings.liveInputSize": "Input size, camera",
    "settings.liveInputSize.help": "The longest side of a camera frame as the detector sees it; "
    "smaller is quicker, larger finds faces further away.",
    "settings.photoInputSize": "Input size, photos",
    "settings.photoInputSize.help": "The same for photos; raise it where small faces in large "
    "groups are missed.",
    "settings.minScore": "Least score",
    "settings.minScore.help": "Faces the detector is less sure of are left out; lower it where "
    "faces are missed, raise it where there are frames without a face.",
    "settings.telling-apart": "Telling people apart",
    "settings.landmarks": "Landmark net",
    "settings.landmarks.help": "The net that finds 68 points of a face, by which the face is "
    "turned upright before it is described.",
    "settings.recognizer": "Recognizer",
    "settings.recognizer.help": "The net that describes a face; people enrolled with one are not "
    "recognised by another.",
    "settings.distanceThreshold": "Distance threshold",
    "settings.distanceThreshold.help": "Two faces nearer than this are taken for the same "
    "person; lower it where strangers are named, raise it where people are not recognised.",
    "settings.distances": "The distances between the samples kept here",
    "settings.distances.same": "Same person",
    "settings.distances.different": "Different people",
    "settings.running": "Running",
    "settings.backend": "Backend",
    "settings.backend.help": "Automatic starts on WebAssembly, times each net on the first face "
    "and moves it to the GPU where that is quicker.",
    "settings.backends": "What each net runs on",
    "settings.backends.time": "Time all of them now",
    "settings.threads": "Threads",
    "settings.threads.help": "How many cores the nets may use at once; it takes effect when the "
    "page is loaded again.",
    "settings.reload": "Load the page again now",
    "settings.looks": "This page",
    "settings.appearance": "Appearance",
    "settings.appearance.help": "Light or dark, or whatever this device is set to.",
    "settings.language": "Language",
    "settings.language.help": "It takes effect when the page is loaded again.",
    "settings.shown": "What is shown",
    "settings.shownLandmarks": "Landmarks",
    "settings.shownLandmarks.help": "Draws the 68 points of every face and the lines through them.",
    "settings.expressions": "Expressions",
    "settings.expressions.help": "Estimates which of seven expressions a face shows; what "
    "somebody feels can be another matter.",
    "settings.ageAndGender": "Age and gender",
    "settings.ageAndGender.help": "Estimates both from how a face looks; single faces can be "
    "many years off.",
    "settings.models": "Models in use",
    "settings.models.help": "The nets these settings need, where their weights come from and on "
    "what terms.",
    # Privacy
    "privacy.help": "What the browser lets this page do, what it has asked for, and what it keeps "
    "on this device.",
    "privacy.policy": "What the browser allows",
    "privacy.policy.text": "In the words of the policy",
    "privacy.ways": "Ways out",
    "privacy.ways.help": "Tries to send something to an address that nobody can have, and shows "
    "whether the browser refuses it. Nothing reaches the network.",
    "privacy.ways.try": "Try it",
    "privacy.requests": "Requests since the page was loaded",
    "privacy.requests.help": "As the browser lists them, of the interface and of the worker with "
    "the nets.",
    "privacy.storage": "Kept on this device",
    "privacy.storage.ask": "Ask the browser to keep it",
    "privacy.keeping": "Keeping people",
    "privacy.consent": "Ask for consent at enrolment",
    "privacy.consent.help": "Adds the question whether somebody has agreed. In People, the page of "
    "a person shows it, and has the day after which the person is forgotten.",
    "privacy.log": "What was done",
    "privacy.log.help": "Enrolments, exports and deletions on this device, without names; the last "
    "500.",
    "privacy.log.empty": "Nothing yet.",
    "clock.title": "Is the clock right?",
    "clock.later": "Not now",
    "clock.send": "It is right: forget them",
    "person.terms": "Keeping this person",
    "person.until": "Forget after",
    "person.until.help": "The day is the last one: on the next day the person is forgotten for "
    "good, when this page is open or opened.",
    "person.agreed": "They agreed on",
    "person.agreement": "What was agreed",
    "privacy.forget": "Forget everything",
    "privacy.forget.help": "Deletes all people, photos, notes and settings, and the page itself as "
    "far as it is kept here, also while it is locked. Export the people first if they are still "
    "needed.",
    "privacy.forget.ask": "Forget everything",
    "forget-all.title": "Forget everything on this device",
    "forget-all.help": "All people, photos, notes and settings that this address keeps will be "
    "deleted, in every tab, and whatever other pages of the same address keep. This cannot be "
    "undone.",
    "forget-all.send": "Forget everything",
    "forgotten.reload": "Start afresh",
    # Lock
    "lock.title": "The people kept here are locked",
    "lock.help": "Until they are unlocked nobody is recognised, and nobody can be added.",
    "lock.passphrase": "Passphrase",
    "lock.unlock": "Unlock",
    "lock.forgotten": "Passphrase forgotten",
    "lock.settings": "Lock",
    "lock.turn-on": "Turn the lock on",
    "lock.now": "Lock now",
    "lock.change": "Change the passphrase",
    "lock.turn-off": "Turn the lock off",
    "lock.after": "Lock by itself",
    "lock.after.help": "When nobody has touched the page for that long. Loading the page again "
    "locks as well.",
    "begin-anew.title": "Delete everything and begin anew",
    "begin-anew.help": "Nobody can open what is locked without its passphrase. All people, photos "
    "and notes kept here will be deleted, and this cannot be undone.",
    "begin-anew.send": "Delete everything",
    "passphrase.title": "Passphrase",
    "passphrase.old": "Passphrase",
    "passphrase.new": "New passphrase",
    "passphrase.again": "The new passphrase again",
    "passphrase.show": "Show what is typed",
    "passphrase.send": "Go on",
    # Offline
    "offline.install": "Install",
    "offline.later": "Later",
    "offline.update": "Update now",
    # Dialogs
    "dialog.cancel": "Cancel",
    "enroll.title": "Add this person",
    "enroll.face": "The face to add",
    "enroll.name": "Name",
    "enroll.help": "Choose a name already there to add this picture to that person.",
    "enroll.send": "Add",
    "rename.title": "Rename",
    "rename.name": "New name",
    "rename.send": "Rename",
}

ERRORS = {
    "no-camera": "No camera was found: connect one, then start again.",
    "camera-refused": "The browser does not let this page use the camera: allow it in the "
    "settings beside the address, then start again.",
    "camera-busy": "The camera cannot be read, most likely because another program uses it: "
    "close that program, then start again.",
    "camera-unplugged": "The camera was disconnected: connect it again or choose another one, "
    "then start again.",
    "camera-unsupported": "Browsers give the camera only to pages opened over https or on "
    "localhost: open this page that way.",
    "engine-failed": "The part of the page that recognises faces has stopped: load the page "
    "again. The people kept on this device stay.",
    "engine-failed-twice": "The part of the page that recognises faces has stopped twice within a "
    "minute: close other tabs and programs, then load the page again. The people kept on this "
    "device stay.",
    "engine-restarting": "The part of the page that recognises faces has stopped and is being "
    "started again. The people kept on this device stay.",
    "engine-restarted": "The part of the page that recognises faces had stopped and was started "
    "again: the people kept on this device are all there, and photos are looked at again.",
    "engine-interrupted": "The part of the page that recognises faces stopped while it did this: "
    "look whether it was done, and try again if it was not.",
    "engine-not-kept": "The part of the page that recognises faces stopped before this was kept: "
    "try again.",
    "people-deleted": "The people kept on this device were deleted by another tab or in the "
    "browser's settings: import an exported file, or add them again.",
    "engine-slow": "Loading has not gone on for a while: check the connection, then wait or load "
    "the page again.",
    "image-not-fetched": "The picture could not be fetched: check its address, "
    "which must be one of this site.",
    "video-not-ready": "The video shows no picture yet: start it, then try again.",
    "source-unknown": "This is not a picture: give a Blob, URL, ImageBitmap, VideoFrame, "
    "ImageData, img, video or canvas.",
    "folder-unreadable": "A folder that was dropped cannot be read: choose it by the button.",
    "video-unreadable": "The browser cannot play this video: save it as MP4 (H.264) or WebM, "
    "then choose it again.",
    "settings-not-kept": "This browser keeps no settings for this address: they hold until the "
    "page is closed.",
    "passphrases-differ": "The two are not the same: type the new passphrase again.",
    "everything-forgotten": "Everything that was kept here has been forgotten: load the page again "
    "to start afresh.",
    "undo-over": "This can no longer be taken back: the page has been loaded anew since.",
    "unexpected": "Something went wrong in the page: try again, "
    "and load the page again if it happens twice.",
}

UNKNOWN = "Unknown"
BACKENDS = {"wasm": "WebAssembly", "webgpu": "WebGPU", "webgl": "WebGL", "webnn": "WebNN"}
BACKEND_FAULTS = {
    "backend-missing": "not in this browser",
    "backend-differs": "computes other numbers, so it is not used",
}
BACKEND_FAILED = "failed"
BACKENDS_STATES = {
    "": "",
    "waiting": "Waiting for the first face to try it on.",
    "settling": "Trying what is chosen; everything works meanwhile.",
}
BACKENDS_TIMING = "Timing; this can take a minute."
GPU = "GPU:"
GPU_IS_SOFTWARE = "That is a program, not a GPU, so automatic leaves it alone."
NO_GPU = "This browser lets the page use no GPU."
# The engine's words and ours.
TASKS = {
    "detection": "detection",
    "landmarks": "landmarks",
    "recognition": "recognition",
    "expression": "expression",
    "age and gender": "age and gender",
}
EXPRESSIONS = {
    "neutral": "neutral",
    "happy": "happy",
    "sad": "sad",
    "angry": "angry",
    "fearful": "fearful",
    "disgusted": "disgusted",
    "surprised": "surprised",
}
GENDERS = {"female": "female", "male": "male"}

STARTING = "Starting"
WARMING_UP = "Warming up"
READY_STATUS = "Ready"
RELOAD = "Load again"
TRY_AGAIN = "Try again"

CAMERA_OFF = "The camera is off."
CAMERA_STARTING = "Starting the camera"
WAITING_FOR_ENGINE = "Waiting for the engine."
NOBODY = "Nobody is in the picture."
NOBODY_CHOSEN = "No camera found"

ADD = "Add this person"
ADD_ANYWAY = "Add anyway"
NO_FACE = "No face was found in this photo."
PICTURE_UNREADABLE = "This picture cannot be read: choose a JPEG, PNG or WebP file."
PASTED = "Pasted picture"
RENAME = "Rename"
DELETE = "Delete"
WAITING = "Waiting"
WORKING = "Looking for faces"
DISMISS = "Dismiss"

PEOPLE_EMPTY = (
    "Nobody is here yet. Press “New person” and add three photos, or press “Add this person” "
    "beside a face in the camera picture or in a photo."
)
PEOPLE_FILE = "faceside-people.json"
COMPACT_FILE = "faceside-people.fsg"
LOCKED_FILE = "faceside-people.locked"
SECOND_EXPRESSION = 0.2  # the second likeliest is told from this probability on
CHANGING = "One moment"
TRAINING_DATA = "Training data:"
ON, OFF = "on", "off"


def megabytes(loaded, total):
    return f"{loaded / 1e6:.1f} of {total / 1e6:.1f} MB"


def percent(share):
    return f"{int(share * 100)} %"


def count(number, one, many):
    return f"{number} {one if number == 1 else many}"


def camera(number):
    return f"Camera {number}"


def facts(face):
    """What stands below the name of a face: its distance, and whether it is present."""
    parts = [] if face.distance is None else [distance(face.distance)]
    return " · ".join(parts + ([PRESENT] if face.present else []))


def name_on_picture(face):
    name = face.label or UNKNOWN
    return f"✓ {name}" if face.present else name


def distance(value):
    return f"distance {value:.2f}"


def traits(face):
    """What is estimated of a face: its expressions in one line, age and gender in the next."""
    return expression_lines(face) + age_lines(face)


def expression_lines(face):
    if not face.expressions:
        return []
    first, second = face.expressions[:2]
    shown = [first] + ([second] if second[1] >= SECOND_EXPRESSION else [])
    return [", ".join(_likely(EXPRESSIONS.get(name, name), share) for name, share in shown)]


def age_lines(face):
    if face.age is None:
        return []
    gender = _likely(GENDERS.get(face.gender, face.gender), face.gender_probability)
    return [f"about {face.age:.0f} years, {gender}"]


def _likely(word, share):
    """A word and its probability, which stay on one line."""
    return f"{word} {percent(share)}".replace(" ", "\u00a0")


def live_stats(frames, rate, milliseconds):
    return f"{frames} frames · {rate:.1f} a second · {milliseconds:.0f} ms each"


def seen(known, strangers):
    """The sentence screen readers hear when the people in the picture change."""
    parts = list(known)
    if strangers:
        parts.append(count(strangers, "unknown person", "unknown people"))
    return "In the picture: " + ", ".join(parts) + "." if parts else NOBODY


def add_person(number):
    return f"Add this person: unknown face {number}"


def photo_progress(done, total):
    return f"{done} of {total}"


def photos_done(photos, faces, failed):
    text = count(photos, "photo", "photos") + ", " + count(faces, "face", "faces")
    return text + f", {failed} not readable" if failed else text


# Photos

FILTERS = (
    ("all", "All photos"),
    ("unknown", UNKNOWN),
    ("none", "No face"),
    ("failed", "Not readable"),
)
NAME_GROUP = "Name this person"
CANCEL = "Cancel"
FRAMES_A_SECOND = "Frames a second"
LOOK_THROUGH = "Look through the video"
EXPORTS = {"csv": "Export CSV", "json": "Export JSON"}
VIDEO_WAITING = "Choose how many frames a second to look at; more find more and take longer."
VIDEO_STOPPED = "Stopped: this is who was seen so far."
TIMELINE = "Who appears when"


def photo_rate(rate, seconds):
    return f"{rate:.1f} a second, {duration(seconds)} left"


def photos_left(number):
    return f"{number} still to do"


def duration(seconds):
    if seconds < 59.5:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def left_out(number):
    return count(number, "file that is no picture was", "files that are no pictures were") + (
        " left out."
    )


def filter_choice(text, number):
    return f"{text} ({number})"


def page_of(first, last, total):
    return f"{first} to {last} of {total}"


def failures(number):
    return (
        count(number, "file", "files")
        + " could not be read and "
        + ("was skipped" if number == 1 else "were skipped")
    )


def groups_title(number):
    return "Unknown people" + (f" ({number})" if number else "")


def group_title(number, faces):
    return f"Person {number}: " + count(faces, "face", "faces")


def name_group(number):
    return f"{NAME_GROUP}: person {number}"


def name_person(name):
    return f"{NAME_GROUP}: {name}"


def face_in_group(face, group):
    return f"Face {face} belongs to person {group}"


def show_more(number):
    return f"Show {number} more"


def seen_once(number):
    return count(number, "unknown face was seen once", "unknown faces were seen once")


def too_poor(number):
    return count(number, "face is", "faces are") + " too small, blurred or turned to be grouped"


def group_named(label, samples, faces):
    if samples == faces:
        return f"{label} was added with {count(samples, 'face', 'faces')}."
    return f"{label} was added with the {samples} most telling of {faces} faces."


def unknown_number(number):
    return f"{UNKNOWN} {number}"


def video_progress(share, seconds):
    return f"{percent(share)}, {duration(seconds)} left"


def video_done(frames, people):
    return count(frames, "frame", "frames") + ", " + count(people, "person", "people")


def clock(seconds):
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def span(name, start, end):
    return f"{name}, {clock(start)} to {clock(end)}"


def seen_for(seconds, times):
    return duration(seconds) + ", " + count(times, "appearance", "appearances")


# Compare

VERDICTS = {
    "same": "The same person",
    "different": "Not the same person",
    "close": "Too close to call",
}
NOTHING_TO_COMPARE = "Choose two pictures to compare."
CHOOSE_FACES = "The two most alike are compared; press other faces to compare those."


def faces_here(number):
    return count(number, "face", "faces") if number else NO_FACE


def face_number(number, total, label):
    return f"Face {number} of {total}" + (f", {label}" if label else "")


def compared(distance, threshold, rate):
    text = f"Distance {distance:.2f}; below {threshold:.2f} two faces count as one person. "
    if rate >= 0.1:
        return text + "Many strangers are this much alike."
    if rate < 1e-6:
        return text + "Fewer than one in a million pairs of strangers are this much alike."
    return text + f"About one in {_round_number(1 / rate)} pairs of strangers is this much alike."


def _round_number(value):
    """A number with two digits that count, its thousands apart."""
    digits = len(str(int(value)))
    unit = 10 ** max(0, digits - 2)
    return f"{round(value / unit) * unit:,}"


def faces_known(faces, known):
    if not faces:
        return NO_FACE
    return count(faces, "face", "faces") + f", {known} known"


def faces_in(name):
    return f"The faces found in {name}, framed"


def remove(name):
    return f"Remove {name}"


def samples(number):
    return count(number, "sample", "samples")


def enrolled(label, number):
    return f"{label} was added ({samples(number)})."


def renamed(label, to):
    return f"{label} is now called {to}."


def forgotten(label):
    return f"{label} and all samples of that person were deleted."


def rename_title(label):
    return f"Rename {label}"


def forget_title(label):
    return f"Delete {label}"


def engine(info, models, backends, threads):
    detector, recognizer = (
        getattr(models, name).title for name in (info.detector, info.recognizer)
    )
    threads = count(threads, "thread", "threads")
    running = and_all([BACKENDS[name] for name in backends])
    return f"Ready: {detector} and {recognizer} on {running}, {threads}"


def and_all(words):
    """a, b and c"""
    return " and ".join([", ".join(words[:-1])] * (len(words) > 1) + words[-1:])


def backend_times(net):
    """What each backend needed for a net; (backend, milliseconds or None, code or None) of each."""
    parts = [f"{BACKENDS[name]} {ms:.1f} ms" for name, ms, _ in net if ms is not None]
    parts += [
        f"{BACKENDS[name]} {BACKEND_FAULTS.get(code, BACKEND_FAILED)}"
        for name, _, code in net
        if code
    ]
    return " · ".join(parts)


def backend_net(title, backend):
    return f"{title}: {BACKENDS[backend]}"


def backend_refused(backend, codes):
    """Why nets stay on WebAssembly though another backend was chosen."""
    name = BACKENDS[backend]
    if "backend-missing" in codes:
        return f"This browser has no {name} here: the nets run on WebAssembly."
    if "backend-differs" in codes:
        return f"{name} computes other numbers with some nets: these run on WebAssembly."
    return f"{name} failed with some nets: these run on WebAssembly."


def backend_lost(backend):
    return (
        f"{BACKENDS[backend]} was taken away from the page: the nets go on in WebAssembly. "
        "Load the page again to use it again."
    )


def size(number):
    return f"{number / 1e6:.1f} MB"


def plain_value(value):
    """A setting's value as its control holds it."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def choice(value, models):
    """A setting's value as it is offered."""
    model = getattr(models, value) if isinstance(value, str) else None
    return f"{model.title}, {size(model.bytes)}" if model else f"{value} pixels"


def value(value, models):
    """A setting's value in a sentence."""
    if isinstance(value, bool):
        return ON if value else OFF
    if isinstance(value, str):
        return getattr(models, value).title
    return plain_value(value)


def back_to_default(default):
    return f"Back to default ({default})"


def settings_state(changed):
    if not changed:
        return "Everything is at its default."
    return count(changed, "setting differs", "settings differ") + (
        " from the default; a reset leaves people and photos as they are."
    )


def loading(model, share):
    return f"Loading {model.title} {percent(share)}"


def model_facts(model):
    return f"{TASKS.get(model.task, model.task)} · {size(model.bytes)} · {model.licence}"


# People

UNDO = "Undo"
UNDONE = "Everything is back as it was."
MERGE = "Merge the two"
RECOMPUTE = "Re-compute"
PAUSE, CONTINUE, CANCEL, CLOSE = "Pause", "Continue", "Cancel", "Close"
NO_PHOTO = "No photo: only the descriptor was imported."
PHOTO_DELETED = "The photo was deleted."
NOTES_SAVED = "Saved."
CHOOSE_FACE = "There are several faces in this photo: choose the one that is meant."
TAKE_HINT = "Look at the camera, a little different each time."


def people_found(found, total):
    if found == total:
        return count(total, "person", "people")
    return f"{found} of " + count(total, "person", "people")


def sample_progress(number, recommended):
    if number >= recommended:
        return count(number, "photo", "photos")
    return f"{number} of {recommended} recommended photos"


def name_in_use(name):
    return f"Somebody is called “{name}” already: choose another name, or merge the two."


def merged(label, into):
    return f"{label} and {into} are one person now."


def all_forgotten(number):
    return count(number, "person", "people") + " and all photos were deleted."


def person_file(label):
    return f"faceside-{label}.json"


def exported(name):
    return f"{name} was written."


def importing(name, size):
    return f"Reading {name}, {size / 1e6:.1f} MB"


def imported(answer):
    """What came in with a file."""
    parts = []
    if answer.samples:
        parts.append(
            count(answer.people, "person", "people") + f" with {samples(answer.samples)} imported"
        )
    else:
        parts.append("Nothing new")
    if answer.duplicates:
        parts.append(f"{samples(answer.duplicates)} left out that were here already")
    if answer.photoless:
        parts.append(f"{samples(answer.photoless)} without a photo")
    return ", ".join(parts) + "."


def photo_of(label, number):
    return f"Photo {number} of {label}"


def delete_photo(number):
    return f"Delete photo {number}"


def not_described(made):
    return f"{made} · not yet re-computed"


def photos_added(label, number, total):
    return count(number, "photo", "photos") + f" added: {label} has {total} now."


def dismiss(name):
    return f"Dismiss {name}"


def choose_face(number, total):
    return f"Face {number} of {total}"


def take_title(label):
    return f"Take photos of {label}"


def taken(number):
    return f"Added: {count(number, 'photo', 'photos')} now."


def unmatched(number, theirs):
    """People whose samples are all by another recognizer than the one in use."""
    were, are = ("was", "is") if number == 1 else ("were", "are")
    return (
        count(number, "person", "people") + f" {were} enrolled with {theirs} and {are} not "
        "recognised by the recognizer in use: re-compute their photos."
    )


def recompute_title(recognizer):
    return f"Describing all photos by {recognizer}"


def recompute_state(done, total, wish):
    text = f"{done} of " + count(total, "photo", "photos")
    return text + {"running": "", "paused": ", paused", "": " done"}[wish]


def recompute_problem(problem):
    """Why photos of a person cannot be described anew, and what to do."""
    parts = []
    if problem.failed:
        parts.append(f"no face was found in {count(problem.failed, 'photo', 'photos')}")
    if problem.photoless:
        parts.append(f"{count(problem.photoless, 'sample has', 'samples have')} no photo")
    return ": " + " and ".join(parts) + "; add new photos."


def more_people(number):
    return "and " + count(number, "more person", "more people")


# Tour

TOUR_NEXT, TOUR_DONE = "Next", "Done"


def tour_number(number, steps):
    return f"Step {number} of {steps}"


# Offline

UPDATE_READY = "A new version of Faceside is ready."
UPDATE_NOW = "Update now"
UPDATED_ELSEWHERE = "Faceside was updated in another tab: load this one again when it suits you."


def offline_state(state):
    if state.name == "ready":
        return "Works without a network."
    if state.name == "keeping":
        return f"Being kept for use without a network: {state.kept} of {state.all} files"
    if state.name == "full":
        return "The browser has no room left to keep this page: it needs a network to start."
    return "Needs a network to start."


# Live and Expressions

PAUSE, GO_ON = "Pause", "Go on"
ADD_HERE = "Add"


def track(number):
    return f"#{number}"


def picture_size(width, height):
    return f"{width} × {height}"


def snapshot_file(moment):
    """The name of a picture file; the moment as ISO 8601."""
    return "faceside-" + moment[:19].replace(":", "-").replace("T", "-") + ".png"


WAITING_FOR_PICTURE = "Looking for faces."
EXPRESSIONS_OFF = "Expressions are not estimated: switch on Estimate expressions."
AWAY = "not in the picture"
STAGES = {
    "rate": "Frames a second",
    "capture": "Capture",
    "detect": "Detection",
    "attributes": "Landmarks and estimates",
    "descriptors": "Descriptors",
    "total": "Total",
}


HOLD_STILL = "Good: hold still."
GUIDED_NAMELESS = "A name is missing: type the name of the person to add."
GUIDED_NOTHING = "Every step was skipped, so nothing was kept."
POSES = {  # what each step is called, and what is asked for
    "straight": ("Straight", "Look straight into the camera."),
    "left": ("Left", "Turn your head to your left."),
    "right": ("Right", "Turn your head to your right."),
    "up": ("Up", "Raise your chin."),
    "smile": ("Smile", "Smile."),
}


PRESENT = "present"
PRESENCE = {  # what is asked for
    "ready": "Look straight into the camera and hold still.",
    "blink": "Blink once, both eyes.",
    "left": POSES["left"][1],
    "right": POSES["right"][1],
    "closer": "Come closer to the camera.",
    "back": "Good: look straight again.",
}
PRESENCE_PROBLEMS = {
    "late": "The time was over before that was seen: try again, in good light and facing the "
    "camera.",
    "lost": "The face was lost: stay in the picture, then try again.",
    "second": "There is a second face in the picture: one person at a time, please.",
    "another": "This looks like somebody else than before: one person has to do all of it.",
    "wrong": "That was another motion than the one asked for: try again and wait for each.",
    "small": "The face is too small to see the eyes: come closer.",
    "aside": "Look straight into the camera.",
}


def presence_done(done, total):
    return f"{done} of {total} done"


def presence_time(seconds):
    return f"{seconds:.0f} s left"


def presence_passed(label, seconds):
    if label:
        return f"Present: {label}, for {duration(seconds)}."
    return "The check was passed, but this person is not known: add the person first."


def guided_step(number, steps, wish):
    return f"Step {number} of {steps}: {wish}"


def expression(name):
    return EXPRESSIONS.get(name, name)


def someone(number):
    return f"Unknown face {track(number)}"


def milliseconds(value):
    return f"{value:.0f} ms"


def timeline_file(kind):
    return "faceside-expressions." + kind


# Lock

UNLOCKED = "Unlocked."
BEGUN_ANEW = "Everything was deleted: the page begins anew, without a lock."
LOCK_IS_ON = "The lock is on: the passphrase opens what is kept here."
LOCK_IS_ON_LATER = (
    "The lock is on. The browser has not deleted yet what was kept unlocked: close the other tabs "
    "of this page and load this one again."
)
LOCK_IS_OFF = "The lock is off: people are kept unlocked."
PASSPHRASE_CHANGED = "The passphrase is changed."
LOCK_NEVER = "Never"
# By purpose: title, help, what the button says, and the fields asked for.
PASSPHRASES = {
    "turn-on": (
        "Turn the lock on",
        "People, photos, notes and descriptors are encrypted with a passphrase. Take four or more "
        "words that nobody would guess together, and write them down: nobody can reset it. Do not "
        "let this browser remember it. Names in the browser's history, from addresses of earlier "
        "releases of this page, stay there: clear the history.",
        "Turn on",
        ("new", "again"),
    ),
    "change": (
        "Change the passphrase",
        "The new one opens what is kept here from now on. Nobody can reset it.",
        "Change",
        ("old", "new", "again"),
    ),
    "turn-off": (
        "Turn the lock off",
        "People, photos, notes and descriptors are kept unlocked again: whoever can read this "
        "browser's files can read them.",
        "Turn off",
        ("old",),
    ),
    "export": (
        "Export with a passphrase",
        "The file holds everybody and is encrypted. Whoever has the file and the passphrase can "
        "open it; nobody can reset the passphrase.",
        "Export",
        ("new", "again"),
    ),
    "import": (
        "This file is locked",
        "Give the passphrase that it was exported with.",
        "Import",
        ("old",),
    ),
}


def lock_state(on, locked, possible):
    if locked:
        return "Locked: the passphrase opens it."
    if on:
        return "The lock is on. People, photos, notes and descriptors are encrypted."
    if possible:
        return (
            "The lock is off: whoever can read this browser's files can read the people kept here."
        )
    return (
        "The lock is off: this browser cannot lock here. Open the page over https or on localhost."
    )


def lock_after(minutes):
    return "After an hour" if minutes == 60 else "After " + count(minutes, "minute", "minutes")


# Settings: the threshold, the device

AUTOMATIC = "Automatic"
AS_DEVICE = "As this device has it"
LIGHT, DARK = "Light", "Dark"
STORAGE_UNKNOWN = "This browser does not tell how much is kept."


def false_accepts(rate, people, strangers):
    """How often strangers are taken for somebody: a comparison, and a gallery."""
    text = f"About 1 in {_one_in(rate)} comparisons of two different people falls below it"
    if not people:
        return text + "."
    return text + f"; with {count(people, 'person', 'people')} kept here, {_share(strangers)}."


def _share(strangers):
    if strangers >= 0.005:
        return f"about {round(strangers * 100)} in 100 strangers would be named"
    return f"about 1 in {_one_in(strangers)} strangers would be named"


def _one_in(rate):
    """1 / rate in two digits, with commas."""
    if rate < 1e-9:
        return "1,000,000,000"
    number, scale = 1 / rate, 1
    while number / scale >= 100:
        scale *= 10
    text, groups = str(round(number / scale) * scale), []
    while len(text) > 3:
        text, groups = text[:-3], [text[-3:]] + groups
    return ",".join([text] + groups)


def pairs_nearer(nearer, pairs):
    return count(pairs, "pair", "pairs") + f", {nearer} nearer than the threshold"


def running(threads, isolated):
    text = "WebAssembly runs with " + count(threads, "thread", "threads") + "."
    return text if isolated else text + " More need a page that is isolated from other pages."


def storage_used(usage, quota, people, files):
    """Bytes used and allowed; where the browser tells it, of people and of the site's files."""
    text = f"{size(usage)} used"
    if people is not None and files is not None:
        text += f" ({size(people)} people and photos, {size(files)} files of the page)"
    return text + f"; the browser allows {quota / 1e9:.1f} GB." if quota else text + "."


def storage_kept(kept, asked):
    if kept:
        return "The browser keeps it until you delete it."
    if asked:
        return (
            "The browser did not agree: it may clear it when room is short, so export the people."
        )
    return "The browser may clear it when room is short."


# Privacy

DIRECTIVES = {  # of a content security policy, in the order they are told
    "connect-src": "Connections",
    "img-src": "Pictures",
    "media-src": "Sound and video",
    "script-src": "Scripts",
    "worker-src": "Workers",
    "style-src": "Styles",
    "font-src": "Fonts",
    "manifest-src": "Manifest",
    "frame-src": "Frames",
    "form-action": "Sending forms",
    "base-uri": "Another base address",
    "frame-ancestors": "Who may frame this page",
    "default-src": "Anything else",
}
SOURCES = {  # what a directive allows
    "'none'": "nothing",
    "'self'": "this site",
    "blob:": "what the page has made itself",
    "data:": "what is written into the page",
    "'unsafe-inline'": "what is written into the page",
    "'unsafe-eval'": "text that the page turns into code",
}
NOBODY_MAY = "nobody"
FEATURES = {  # of a permissions policy
    "camera": "camera",
    "display-capture": "the screen",
    "geolocation": "location",
    "hid": "input devices",
    "microphone": "microphone",
    "midi": "MIDI devices",
    "payment": "payment",
    "serial": "serial ports",
    "usb": "USB devices",
}
ALLOWED_HERE, ALLOWED_NOWHERE = "Allowed to this site", "Refused to every site"
ALL_CONNECTIONS = "All connections, windows and links"
ALLOWLIST = "this site, in browsers that know the header Connection-Allowlist (Chrome from 152 on)"
NO_POLICY = "There is no policy: the browser allows this page everything."
WAYS = {
    "fetch": "Request (fetch)",
    "xhr": "Request (XMLHttpRequest)",
    "websocket": "WebSocket",
    "eventsource": "Event stream",
    "beacon": "Beacon",
    "image": "Picture",
    "import": "Script",
    "style": "Style sheet",
    "font": "Font",
    "video": "Video",
    "frame": "Frame",
    "webrtc": "Connection from browser to browser (WebRTC)",
    "webtransport": "WebTransport",
}
TRYING = "Trying"
REFUSED, NOT_REFUSED, TAKEN_AWAY = "refused", "not refused", "not there for this page"
FROM_WORKER = "from the worker"
LOOKING = "Counting"
NONE = "none"
KEPT = {  # what `look` of kept.mjs finds
    "databases": "Databases",
    "caches": "Kept files of the page",
    "workers": "Service worker",
    "files": "Private files",
    "local": "Settings",
    "session": "Of this tab",
    "cookies": "Cookies",
}
PEOPLE_KEPT = "People"
PHOTOS_KEPT, DESCRIPTORS_KEPT, NOTES_KEPT = "Photos of heads", "Descriptors", "Notes"
FORGETTING = "Forgetting"
FORGOTTEN, FORGOTTEN_ELSEWHERE = "Everything is forgotten", "Forgotten in another tab"
NOTHING_LEFT = "The browser was asked again what it keeps for this address: nothing is left."
SOMETHING_LEFT = (
    "Something is left: close all other tabs of this page, load it again and forget once more, or "
    "clear the data of this address in the browser's settings."
)


def byte_size(number):
    if number < 1000:
        return count(number, "byte", "bytes")
    return f"{number / 1000:.1f} kB" if number < 1e6 else size(number)


def sources(words, directive):
    """What a directive of a policy allows, from its words."""
    if words == ["'none'"] and directive == "frame-ancestors":
        return NOBODY_MAY
    said = []
    for word in words:
        text = SOURCES.get(word, word)
        if text not in said:
            said.append(text)
    return ", ".join(said)


def policy_source(in_header, in_markup, kept, answered):
    """Where the policies were read."""
    if not answered:
        text = "The address of this page does not answer now, so its headers could not be read."
        return text + (" The policy in the markup holds in any case." if in_markup else "")
    whose = "the answer that the service worker keeps" if kept else "the answer of the server"
    if in_header and in_markup:
        return f"Read from the headers of {whose} and from the markup of the page; both hold."
    if in_header:
        return f"Read from the headers of {whose}."
    if in_markup:
        return f"Read from the markup of the page; there is none in the headers of {whose}."
    return NO_POLICY


def ways_state(tried, refused):
    if tried == refused:
        return f"All {tried} ways out were refused."
    return f"{tried - refused} of {tried} ways out were not refused by this browser."


def requests_state(elsewhere):
    if not elsewhere:
        return "All of them went to this site."
    return count(elsewhere, "request went", "requests went") + " to other addresses."


def requests_of(page, engine, refused):
    """How many of the interface and of the worker, None where that is not known yet."""
    text = f"{page} of the interface"
    if engine is not None:
        text += f", {engine} of the worker"
    return text + (f"; {refused} refused by the browser" if refused else "")


def people_kept(people, samples_kept):
    return count(people, "person", "people") + f", {samples(samples_kept)}"


def people_locked(bytes_kept):
    return f"locked: {byte_size(bytes_kept)}, encrypted"


def counted(number, bytes_kept):
    return f"{number}, {byte_size(bytes_kept)}" if number else NONE


def files_kept(number, bytes_kept):
    return count(number, "file", "files") + f", {byte_size(bytes_kept)}"


def records_kept(number):
    return count(number, "record", "records")


THEY_AGREED = "They agreed to be kept"
WHAT_WAS_AGREED = "What was agreed"
LOG_FILE = "faceside-log"
DONE = {  # what the log keeps: of how many, one and more
    "enrolled": ("sample enrolled", "samples enrolled"),
    "imported": ("sample imported", "samples imported"),
    "deleted": ("person deleted", "people deleted"),
    "photo": ("photo deleted", "photos deleted"),
    "exported": ("person exported", "people exported"),
    "due": ("person forgotten as was set", "people forgotten as was set"),
}
DONE_TO_ALL = {"deleted": "Everybody deleted", "exported": "Everybody exported"}
TAKEN_BACK = "The change before was taken back"


def done(what, number):
    """An entry of the log; None is everybody."""
    if what not in DONE:
        return TAKEN_BACK
    if number is None:
        return DONE_TO_ALL[what]
    one, many = DONE[what]
    return count(number, one, many)


def forgotten_as_set(labels):
    if len(labels) == 1:
        return f"{labels[0]} was forgotten today, as was set."
    return f"{', '.join(labels)} were forgotten today, as was set."


def clock_jumped(number, now, seen):
    """Asked before people are forgotten by a clock that has jumped."""
    told = f"This device says that today is {now}"
    told += f", and it was {seen} when this page was last open. " if seen else ". "
    who = count(number, "person", "people")
    return (
        told + f"By that date {who} would be forgotten for good. Forget them only if it is right."
    )
