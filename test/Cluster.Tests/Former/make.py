"""Makes mailboxes.json with a node of a version that had a mailbox for each user. README.md says how it is used.

    make.py NODE_DLL COMMIT OUTPUT     with a redis-server of its own
    make.py NODE_DLL COMMIT OUTPUT -e  with the node's embedded store
"""
import base64, json, os, shutil, signal, socket, subprocess, sys, tempfile, time

node_dll, commit, output = sys.argv[1:4]
embedded = "-e" in sys.argv
ports = []
for _ in range(4):
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    ports.append(s)
ports = [(s.getsockname()[1], s.close())[0] for s in ports]
clients, cluster, store, _ = ports
work = tempfile.mkdtemp()


class Lines:
    """A client of the node that sends and reads lines."""

    def __init__(self, port=clients):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(20)
        self.file = self.socket.makefile("rb")

    def send(self, line):
        self.socket.sendall((line + "\n").encode())

    def line(self):
        line = self.file.readline().decode().rstrip("\n")
        assert line, "the node closed"
        return line

    def json(self, **fields):
        self.send(json.dumps(fields, ensure_ascii=False))
        return self

    def login(self, name, ack=False):
        self.json(cmd="login", name=name, format="json", ack=ack)
        answer = json.loads(self.line())
        assert answer.get("ok") == "login", answer
        return self

    def close(self):
        self.json(cmd="logout")
        while "logout" not in self.line():
            pass
        self.socket.close()


class Redis:
    """A client of the store."""

    def __init__(self):
        self.socket = socket.create_connection(("127.0.0.1", store))
        self.file = self.socket.makefile("rb")

    def __call__(self, *words):
        words = [w if isinstance(w, bytes) else str(w).encode() for w in words]
        self.socket.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words))
        return self.read()

    def read(self):
        line = self.file.readline()[:-2]
        kind, rest = line[:1], line[1:]
        if kind == b"-":
            raise RuntimeError(rest)
        if kind == b":":
            return int(rest)
        if kind == b"+":
            return rest
        if int(rest) < 0:
            return None
        if kind == b"$":
            return self.file.read(int(rest) + 2)[:-2]
        return [self.read() for _ in range(int(rest))]


def until(what, tries=200):
    for _ in range(tries):
        try:
            if what():
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError("it did not happen")


waiting, stored = {}, {}
counts = {}


def chat(sender, name, recipient, content, id=None):
    """Sends a chat; waits for its receipt if it has an id. The mailbox gives it the next number."""
    fields = dict(cmd="chat", recv=recipient, content=content)
    if id is not None:
        fields["id"] = id
        stored.setdefault(recipient, []).append([name, id, content])
    sender.json(**fields)
    if id is not None:
        receipt = json.loads(sender.line())
        assert receipt.get("receipt") == "stored" and receipt["id"] == id, receipt
    counts[recipient] = counts.get(recipient, 0) + 1
    waiting.setdefault(recipient, []).append([counts[recipient], name, id, content])


def read(name, count, acks=None):
    """Logs in, reads messages, and acknowledges up to a number."""
    client = Lines().login(name, ack=acks is not None)
    for number, sender, id, content in waiting[name][:count]:
        got = json.loads(client.line())
        assert (got["send"], got["content"]) == (sender, content), got
        if acks is not None:
            assert got["seq"] == number, got
    if acks:
        client.json(cmd="ack", seq=acks)
        waiting[name] = [m for m in waiting[name] if m[0] > acks]
        time.sleep(1)
    elif acks is None:
        waiting[name] = waiting[name][count:]
        time.sleep(1)
    client.close()
    time.sleep(1)


def fill():
    alice, carol, tom = Lines().login("alice"), Lines().login("carol"), Lines()
    tom.send("login tom")
    assert tom.line().startswith("OK login"), "login"

    chat(alice, "alice", "bob", "hi bob")
    chat(alice, "alice", "bob", "first with an id", "a1")
    chat(carol, "carol", "bob", "你好, wörld 🎉 \"quoted\" \\ and a tab\t.", "c1")
    tom.send("chat bob typed")
    assert tom.line() == "OK stored for bob", "typed"
    counts["bob"] += 1
    waiting["bob"].append([counts["bob"], "tom", None, "typed"])
    chat(alice, "alice", "bob", "a number is its id", 42)
    chat(carol, "carol", "bob", "")
    chat(carol, "carol", "bob", "last", "c2")

    for i in range(1, 7):
        chat(alice, "alice", "erin", f"e{i}", f"e{i}")
    read("erin", 6, acks=2)
    chat(alice, "alice", "erin", "e7", "e7")

    for i in range(1, 31):
        chat(*((alice, "alice") if i % 3 else (carol, "carol")), "many", f"message {i} of many", f"m{i}")
    read("many", 30, acks=12)
    for i in range(31, 41):
        chat(*((alice, "alice") if i % 3 else (carol, "carol")), "many", f"message {i} of many", f"m{i}")

    for i in range(1, 4):
        chat(alice, "alice", "empty", f"x{i}", f"x{i}")
    read("empty", 3)
    for i in range(1, 15):
        chat(carol, "carol", "drained", f"d{i}", f"d{i}")
    read("drained", 14)

    for name in ["a:b%{}c", "%3A", "李雷", "Ünï-çødé", "*?[x]\\^", "mailbox-bob", "🎉🎉", "x" * 64, "q:highestSequenceNr"]:
        chat(alice, "alice", name, f"for {name}", "odd")
    for client in (alice, carol):
        client.close()
    tom.socket.close()


def dump():
    redis, keys = Redis(), []
    cursor = b"0"
    names = set()
    while True:
        cursor, page = redis("SCAN", cursor, "COUNT", 1000)
        names.update(page)
        if cursor == b"0":
            break
    for name in sorted(names):
        kind = redis("TYPE", name).decode()
        if kind == "none":
            continue  # deleted meanwhile
        if kind == "zset":
            flat = redis("ZRANGE", name, 0, -1, "WITHSCORES")
            value = [[base64.b64encode(m).decode(), s.decode()] for m, s in zip(flat[::2], flat[1::2])]
        elif kind == "string":
            value = base64.b64encode(redis("GET", name)).decode()
        elif kind == "hash":
            flat = redis("HGETALL", name)
            value = [[base64.b64encode(m).decode(), base64.b64encode(v).decode()] for m, v in zip(flat[::2], flat[1::2])]
        elif kind == "set":
            value = [base64.b64encode(m).decode() for m in sorted(redis("SMEMBERS", name))]
        elif kind == "list":
            value = [base64.b64encode(m).decode() for m in redis("LRANGE", name, 0, -1)]
        else:
            raise RuntimeError(kind)
        print(name.decode(), kind, len(value), redis("PTTL", name))
        keys.append(dict(key=name.decode(), type=kind, value=value))
    return keys


config = os.path.join(work, "node.conf")
open(config, "w").write("chat.mailbox.snapshot-every = 10\n")
env = dict(os.environ, CHATAKKA__PETABRIDGE__CMD__ENABLED="off", CHATAKKA__CHAT__CLUSTER__FOUND_AFTER="500ms",
           CHATAKKA__CHAT__MAILBOX__LOGIN_PATIENCE="10s", CHATAKKA__CHAT__REDIS__EMBEDDED__ADDRESS=f"127.0.0.1:{store}")
arguments = ["dotnet", node_dll, "--listen", f"127.0.0.1:{clients}", "--cluster", f"127.0.0.1:{cluster}", "--config", config]
processes = []
try:
    if not embedded:
        os.mkdir(os.path.join(work, "redis"))
        processes.append(subprocess.Popen(
            ["redis-server", "--port", str(store), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--dir", os.path.join(work, "redis")],
            stdout=subprocess.DEVNULL))
        until(lambda: Redis()("PING"))
        arguments += ["--redis", f"127.0.0.1:{store},syncTimeout=5000"]
    else:
        arguments += ["--data", os.path.join(work, "data")]
    log = os.path.join(work, "node.log")
    node = subprocess.Popen(arguments, env=env, stdin=subprocess.DEVNULL, stdout=open(log, "w"), stderr=subprocess.STDOUT)
    processes.append(node)
    until(lambda: "is ready" in open(log).read())
    begin = int(time.time() * 1000)
    fill()
    end = int(time.time() * 1000)
    keys = dump() if embedded else None
    node.send_signal(signal.SIGTERM)
    print("node ended with", node.wait(60))
    keys = keys or dump()
    with open(output, "w", encoding="utf-8") as file:
        json.dump(dict(commit=commit, store="embedded" if embedded else "redis-server", begin=begin, end=end,
                       waiting=waiting, stored=stored, keys=keys), file, ensure_ascii=False, indent=1)
    print(open(log).read()[-1500:])
    if embedded:
        shutil.copytree(os.path.join(work, "data"), output + ".data")
finally:
    for process in processes:
        if process.poll() is None:
            process.terminate()
            process.wait(20)
    shutil.rmtree(work)
