package dev.outpost.server;

import static dev.outpost.server.Wire.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.Spec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a connection may do when (spec 01 §2, §3). */
class LifecycleTest {
    private static final String INITIALIZE = request(1, "initialize", "'clientName':'test'");
    private static final String INITIALIZED = "{'method':'initialized','params':{}}";

    private final TestServer server = new TestServer();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    @Spec({"W37", "W38", "W61", "W79", "N38"})
    void initializeAttachesAndTellsTheEnvironment() {
        var client = server.connect();
        client.send(INITIALIZE);
        assertThat(client.result(1).get("sessionId").asString()).isNotEmpty();
        assertThat(client.result(1).has("environmentInfo")).isTrue();
    }

    @Test
    @Spec({"W38", "W40"})
    void initializeOnlyOnceAndItsParametersAreLookedAtFirst() {
        var client = server.connect();
        client.send(INITIALIZE);
        client.send(request(2, "initialize", "'clientName':'again'"));
        client.expectError(2, -32600, "initialize may only be sent once per connection");
        client.send(request(3, "initialize", ""));
        client.expectError(3, -32602, "missing field `clientName`");
        client.send(INITIALIZED);
        client.send(request(4, "initialize", "'clientName':'again'"));
        client.expectError(4, -32600, "initialize may only be sent once per connection");
        client.send(request(5, "initialize", ""));
        client.expectError(5, -32602, "missing field `clientName`");
    }

    @Test
    @Spec({"W39", "W40"})
    void initializeThatFailsMayBeRepeated() {
        var client = server.connect();
        client.send(Wire.resume(1, "nope"));
        client.expectError(1, -32600, "unknown session id nope");
        client.send(request(2, "initialize", "'clientName':5"));
        assertThat(client.answer(2).get("error").get("code").asInt()).isEqualTo(-32602);
        client.send(request(3, "initialize", "'clientName':''"));
        assertThat(client.result(3).has("sessionId")).isTrue();
    }

    @Test
    @Spec({"W41", "W37"})
    void initializedBeforeInitializeEndsTheConnection() {
        var client = server.connect();
        client.send(INITIALIZED);
        client.awaitEnd();
    }

    @Test
    @Spec("W41")
    void initializedMayBeRepeatedWithAnyParameters() {
        var client = server.connectReady();
        client.send("{'method':'initialized','params':[5]}");
        client.send(request(1, "process/terminate", "'processId':'p'"));
        assertThat(client.result(1).get("running").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Spec("W42")
    void otherNotificationsEndTheConnectionInEveryState(int messagesBefore) {
        var client = server.connect();
        if (messagesBefore > 0) {
            client.send(INITIALIZE);
        }
        if (messagesBefore > 1) {
            client.send(INITIALIZED);
        }
        client.send("{'method':'process/terminate','params':{'processId':'p'}}");
        client.awaitEnd();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "process/start,`'processId':'p','argv':['true'],'cwd':'/','env':{},'tty':false`,exec",
                "process/read,`'processId':'p'`,exec",
                "process/write,`'processId':'p','chunk':''`,exec",
                "process/terminate,`'processId':'p'`,exec",
                "process/signal,`'processId':'p','signal':'interrupt'`,exec",
                "process/resize,`'processId':'p','size':{'rows':1,'cols':1}`,exec",
                "process/closeStdin,`'processId':'p'`,exec",
                "fs/readFile,`'path':'/a'`,filesystem",
                "fs/writeFile,`'path':'/a','dataBase64':'!'`,filesystem",
                "fs/createDirectory,`'path':'/a'`,filesystem",
                "fs/getMetadata,`'path':'/a'`,filesystem",
                "fs/readDirectory,`'path':'/a'`,filesystem",
                "fs/remove,`'path':'/a'`,filesystem",
                "fs/copy,`'sourcePath':'/a','destinationPath':'/b','recursive':false`,filesystem",
                "http/request,`'method':'GET','url':'bad','requestId':'r'`,http",
                "environment/info,``,environment info",
                "environment/status,``,environment status",
            })
    @Spec({"W43", "W45", "N52", "N53"})
    void methodsWaitForTheHandshake(String method, String params, String family) {
        var client = server.connect();
        client.send(request(1, method, params));
        client.expectError(1, -32600, "client must call initialize before using " + family + " methods");
        client.send(request(2, "initialize", "'clientName':'test'"));
        client.send(request(3, method, params));
        client.expectError(3, -32600, "client must send initialized before using " + family + " methods");
        client.send(INITIALIZED);
        client.send(request(4, method, params));
        assertThat(client.answer(4).toString()).doesNotContain("client must");
        assertThat(server.files.calls()).as("nothing ran before the handshake").hasSizeLessThan(2);
    }

    @Test
    @Spec({"W44", "W45", "W64"})
    void unknownMethodsAreUnknownInEveryState() {
        var client = server.connect();
        client.send(request(1, "nope/method", ""));
        client.expectError(1, -32601, "exec-server stub does not implement `nope/method` yet");
        client.send(request(2, "initialized", ""));
        client.expectError(2, -32601, "exec-server stub does not implement `initialized` yet");
        client.send(request(3, "initialize", "'clientName':'test'"));
        client.send(request(4, "nope/method", ""));
        client.expectError(4, -32601, "exec-server stub does not implement `nope/method` yet");
        client.send(INITIALIZED);
        client.send(request(5, "nope/method", ""));
        client.expectError(5, -32601, "exec-server stub does not implement `nope/method` yet");
    }

    @Test
    @Spec({"W45", "W65"})
    void parametersAreLookedAtBeforeTheState() {
        var client = server.connect();
        client.send(request(1, "process/read", ""));
        client.expectError(1, -32602, "missing field `processId`");
    }

    @Test
    @Spec({"W32", "W63", "N14c"})
    void malformedMessagesAreAnsweredAndTheConnectionLives() {
        var client = server.connectReady();
        client.sendRaw("not-json");
        var error = client.answer(-1).get("error");
        assertThat(error.get("code").asInt()).isEqualTo(-32600);
        assertThat(error.get("message").asString())
                .startsWith("failed to parse websocket JSON-RPC message from exec-server websocket 127.0.0.1:4242: ");
        client.send(request(1, "process/terminate", "'processId':'p'"));
        assertThat(client.result(1).get("running").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'id':1,'result':{}}",
                "{'id':1,'error':{'code':-1,'message':'m'}}",
                "{'id':null,'method':'process/terminate','params':{'processId':'p'}}",
                "{'id':true,'method':'process/terminate'}",
                "{'id':1.0,'method':'process/terminate'}",
                "{'id':4,'method':'process/terminate','trace':5}",
            })
    @Spec({"W28", "W30", "N14c"})
    void whatOnlyAServerSaysAndUnusableIdsEndTheConnection(String message) {
        var client = server.connectReady();
        client.send(message);
        client.awaitEnd();
    }

    @Test
    @Spec({"W33", "W29"})
    void idsAreEchoedWithTheirType() {
        var client = server.connectReady();
        client.send("{'id':9223372036854775807,'method':'nope','result':1}");
        assertThat(client.answer(Long.MAX_VALUE).get("id").isNumber()).isTrue();
        client.send("{'id':'7','method':'nope'}");
        assertThat(client.answer("7").get("id").isString()).isTrue();
    }

    @Test
    @Spec({"W14", "W54"})
    void answersGivenBeforeAViolationStillGoOut() {
        var client = server.connectReady();
        client.setTaking(false);
        client.send(request(1, "process/terminate", "'processId':'p'"));
        client.send("{'method':'nope'}");
        client.send(request(2, "process/terminate", "'processId':'p'"));
        client.setTaking(true);
        client.awaitEnd();
        assertThat(client.hasAnswered(1)).isTrue();
        assertThat(client.hasAnswered(2)).isFalse();
    }

    @Test
    @Spec({"N52", "N53", "N6"})
    void environmentIsDescribed() {
        var client = server.connectReady();
        client.send("{'id':1,'method':'environment/info','params':null}");
        assertThat(client.result(1).get("shell").get("path").asString()).isEqualTo("/bin/sh");
        client.send("{'id':2,'method':'environment/status'}");
        assertThat(client.result(2).get("status").asString()).isEqualTo("ready");
    }

    @Test
    @Spec("W66")
    void httpIsRefusedAsLongAsThereIsNone() {
        var client = server.connectReady();
        client.send(request(1, "http/request", "'method':'GET','url':'http://x/','requestId':'r'"));
        var error = client.answer(1).get("error");
        assertThat(error.get("code").asInt()).isEqualTo(-32603);
        assertThat(error.get("message").asString())
                .startsWith("http/request failed: this executor makes no HTTP requests");
    }

    @Test
    @Spec({"W45", "N22"})
    void aPathThatLeadsNowhereOnThisHostIsToldAfterTheLifecycle() {
        MemoryConnection client = server.connect();
        String request = "{'id':%d,'method':'fs/readFile','params':{'path':'file://elsewhere/etc/hosts'}}";
        client.send(request.formatted(1));
        client.expectError(1, -32600, "client must call initialize before using filesystem methods");
        client.send("{'id':2,'method':'initialize','params':{'clientName':'test'}}");
        client.result(2);
        client.send("{'method':'initialized'}");
        client.send(request.formatted(3));
        client.expectError(3, -32600, "'file://elsewhere/etc/hosts' is invalid on 'linux'");
    }
}
