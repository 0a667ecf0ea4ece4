using Akka.Event;
using ChatAkka.Persistence.Redis;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Tells operators what the owner of one partition notices of the store, and whom it concerns that there is a newer owner.</summary>
/// <param name="partition">The partition.</param>
/// <param name="services">Has what all partitions of this node notice.</param>
/// <param name="log">The log of the partition's owner.</param>
internal sealed class StoreOutageLog(int partition, PartitionServices services, ILoggingAdapter log)
{
    /// <summary>Tells that the owner stops, because something could not be read or written.</summary>
    /// <param name="what">What could not be done with the partition, for example "read".</param>
    /// <param name="cause">Why.</param>
    public void Failed(string what, Exception cause)
    {
        if (cause is StaleWriterException)
        {
            log.Warning(
                "Partition {0} of the mailboxes has a newer owner. The owner on this node stops, and the nodes send what is not stored to the newer one: {1}",
                partition,
                cause.Message);
            services.Superseded(partition);
        }
        else if (services.Outage.Failed(partition))
        {
            log.Warning(
                "The store of the mailboxes does not answer: partition {0} could not be {1}. Messages to offline users get no receipt until it answers; the nodes " +
                "of their senders keep them and send them again. Further failures of this outage are logged at DEBUG: {2}",
                partition,
                what,
                cause.Message);
        }
        else
        {
            log.Debug(
                "Partition {0} of the mailboxes could not be {1}. Its owner stops, and the next message to the partition starts it again: {2}",
                partition,
                what,
                cause.Message);
        }
    }

    /// <summary>Tells that an outage is over, if this was the last partition that waited for the store.</summary>
    public void Written()
    {
        if (services.Outage.Answered(partition))
            log.Info("The store of the mailboxes answers again: messages to offline users are stored and get their receipts");
    }
}
