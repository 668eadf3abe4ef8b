package dev.outpost.client.connect;

import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.transport.ConnectException;
import dev.outpost.transport.Connection;
import dev.outpost.transport.ConnectionHandler;
import dev.outpost.transport.Connector;
import java.io.IOException;

/**
 * Starts a server as a child process and connects to it over its standard streams (spec C11–C19). The child lives exactly
 * as long as the connection: when that ends, in whichever way, the child's process group is told to end, and killed two
 * seconds later; when the child ends first, the rest of its group is killed and the connection ends after what was still
 * to be read. There is no connect timeout (C12).
 */
public final class CommandConnector implements Connector {
    private static final String LABEL = "exec-server stdio command";

    private final ServerCommand command;
    private final ExecutorEnvironment inherited;
    private final int maxMessageBytes;

    /**
     * Starts nothing yet.
     *
     * @param inherited what the server's environment is based on
     * @param maxMessageBytes largest incoming message, as for {@link dev.outpost.transport.stdio.StdioConnection}
     */
    public CommandConnector(ServerCommand command, ExecutorEnvironment inherited, int maxMessageBytes) {
        this.command = command;
        this.inherited = inherited;
        this.maxMessageBytes = maxMessageBytes;
    }

    @Override
    public String label() {
        return LABEL;
    }

    @Override
    public Connection connect(ConnectionHandler handler) throws ConnectException {
        try {
            return ServerChild.start(command, inherited).connect(LABEL, maxMessageBytes, handler);
        } catch (IOException failure) {
            throw new ConnectException(
                    ConnectException.Kind.NOT_SPAWNED, "failed to spawn exec-server: " + failure.getMessage(), failure);
        } catch (UnsupportedOperationException unsupported) {
            throw new ConnectException(
                    ConnectException.Kind.NOT_SPAWNED,
                    "failed to spawn exec-server: " + unsupported.getMessage(),
                    unsupported);
        }
    }
}
