package dev.outpost.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;

/** Requests as a client would write them, with single quotes. */
final class Wire {
    private Wire() {}

    static String start(Object id, String process) {
        return start(id, process, "'true'", "/");
    }

    static String start(Object id, String process, String argv, String cwd) {
        return request(
                id,
                "process/start",
                "'processId':'" + process + "','argv':[" + argv + "],'cwd':'" + cwd
                        + "','env':{},'tty':false,'pipeStdin':true,'arg0':null");
    }

    static String read(Object id, String process, long waitMs) {
        return request(id, "process/read", "'processId':'" + process + "','waitMs':" + waitMs);
    }

    static String write(Object id, String process, String text) {
        return request(id, "process/write", "'processId':'" + process + "','chunk':'" + base64(text) + "'");
    }

    static String terminate(Object id, String process) {
        return request(id, "process/terminate", "'processId':'" + process + "'");
    }

    static String signal(Object id, String process) {
        return request(id, "process/signal", "'processId':'" + process + "','signal':'interrupt'");
    }

    static String readFile(Object id, String path) {
        return request(id, "fs/readFile", "'path':'" + path + "'");
    }

    static String writeFile(Object id, String path, String content) {
        return request(id, "fs/writeFile", "'path':'" + path + "','dataBase64':'" + base64(content) + "'");
    }

    static String createDirectory(Object id, String path) {
        return request(id, "fs/createDirectory", "'path':'" + path + "'");
    }

    static String metadata(Object id, String path) {
        return request(id, "fs/getMetadata", "'path':'" + path + "'");
    }

    static String resume(Object id, String session) {
        return request(id, "initialize", "'clientName':'test','resumeSessionId':'" + session + "'");
    }

    static String request(Object id, String method, String params) {
        return "{'id':" + (id instanceof Number ? id : "'" + id + "'") + ",'method':'" + method + "','params':{"
                + params + "}}";
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }
}
