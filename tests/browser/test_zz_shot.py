from test_people import enroll
def test_shot(app):
    for n in range(3): enroll(app, f"Person {n}")
    app.show("people")
    for w in (1280, 360):
        app.page.set_viewport_size({"width": w, "height": 800}); app.page.wait_for_timeout(500)
        app.page.screenshot(path=f"/tmp/people-{w}.png")
