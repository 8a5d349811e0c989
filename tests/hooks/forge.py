"""As much of GitLab's API as the recipe's comment needs: one merge request with notes, where somebody has quoted the marker
that is given. Prints its address; GET /log tells what was asked for.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

NOTES = "/api/v4/projects/1/merge_requests/7/notes"
# Somebody else's comment that quotes the marker is not to be touched.
notes = [{"id": 1, "author": {"id": 5}, "body": sys.argv[1] + "\nI wrote this by hand"}]
log = []


class Forge(BaseHTTPRequestHandler):
    def answer(self, value, status=200):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode(), strict_parsing=True)
        return form["body"][0]

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/log":
            self.answer({"log": log, "notes": notes})
        elif self.headers["PRIVATE-TOKEN"] != "plan-token":
            self.answer({}, 401)
        elif path == "/api/v4/user":
            self.answer({"id": 9})
        elif path == NOTES:
            self.answer(notes)
        else:
            self.answer({}, 404)

    def do_POST(self):
        log.append("POST")
        notes.append({"id": len(notes) + 1, "author": {"id": 9}, "body": self.body()})
        self.answer(notes[-1], 201)

    def do_PUT(self):
        log.append(f"PUT {self.path.removeprefix(NOTES)}")
        (note,) = [note for note in notes if self.path == f"{NOTES}/{note['id']}" and note["author"]["id"] == 9]
        note["body"] = self.body()
        self.answer(note)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Forge)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
