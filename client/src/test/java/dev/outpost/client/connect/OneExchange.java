package dev.outpost.client.connect;

import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.transport.ConnectException;
import java.util.List;
import java.util.Map;

/** A program that talks to a server once. */
final class OneExchange {
    private OneExchange() {}

    public static void main(String[] arguments) throws ConnectException, InterruptedException {
        Messages server = new Messages();
        new CommandConnector(
                        new ServerCommand("cat", List.of(), Map.of(), null), ExecutorEnvironment.ofThisProcess(), 1000)
                .connect(server);
        server.send("hello");
        System.out.println("answered " + server.next());
        server.connection().close();
        System.out.println(server.end());
    }
}
