using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Decides what becomes of a deposit: it is stored, partly refused, put off, or sent to the recipient's session.</summary>
internal static class DepositDecision
{
    /// <summary>Decides on the next deposit of a node, and puts what is to be stored into the turn.</summary>
    /// <param name="state">The index. Only the recipient's reader and the order of unread chats change.</param>
    /// <param name="turn">The turn. It may have other deposits for the same recipient.</param>
    /// <param name="origin">The node.</param>
    /// <param name="deposit">The chats.</param>
    /// <param name="storeHasSpace">False if the store is so full that nothing more may be stored.</param>
    public static MailboxAnswer Decide(PartitionState state, PartitionTurn turn, NodeId origin, MailboxMessage.Store deposit, bool storeHasSpace)
    {
        if (deposit.Count == 0)
            return new MailboxAnswer.Stored(deposit.Number, []);
        if (state.Find(deposit.User) is { } mailbox)
        {
            if (deposit.EndedReader is { } ended && mailbox.Reader?.Id == ended)
                (mailbox.Reader, mailbox.EndedReader) = (null, ended);
            if (Yields(state, mailbox, turn, origin, deposit.More))
                return new MailboxAnswer.Later(deposit.Number);
            if (mailbox.Reader is { IsDrained: true } reader && HasNew(state, turn, deposit))
                return new MailboxAnswer.Online(deposit.Number, reader.Id);
        }
        else if (deposit.More)
            state.Get(deposit.User).UnreadFrom = (origin, turn.Time);

        return new MailboxAnswer.Stored(deposit.Number, Store(state, turn, deposit, storeHasSpace));
    }

    /// <summary>True if the deposit must wait, because chats of another node come first: a session was handed them and did not read them.</summary>
    private static bool Yields(PartitionState state, UserMailbox mailbox, PartitionTurn turn, NodeId origin, bool more)
    {
        if (mailbox.UnreadFrom is { } first && first.Origin != origin && turn.Time - first.Time < state.Settings.UnreadFirstLimit.TotalMilliseconds)
            return true;
        mailbox.UnreadFrom = more ? (origin, turn.Time) : null;
        return false;
    }

    /// <summary>True if the deposit has a chat that was not stored before.</summary>
    private static bool HasNew(PartitionState state, PartitionTurn turn, MailboxMessage.Store deposit)
    {
        var reader = new LinkEntryReader(deposit.Entries.Span);
        while (reader.TryRead(out var entry))
        {
            var chat = LinkEntry.ReadChat(entry);
            if (chat.Id.IsEmpty || !IsKnown(state, turn, RememberedIds.KeyOf(chat.Sender, chat.Recipient, chat.Id), chat))
                return true;
        }

        return false;
    }

    private static bool IsKnown(PartitionState state, PartitionTurn turn, UInt128 id, scoped in ChatView chat) =>
        state.Ids.Contains(id) || turn.Knows(id) || state.Ids.ContainsFormer(chat);

    private static IReadOnlyList<LinkFailure> Store(PartitionState state, PartitionTurn turn, MailboxMessage.Store deposit, bool storeHasSpace)
    {
        List<LinkFailure>? failures = null;
        var space = new Space(state, turn, deposit.User);
        var reader = new LinkEntryReader(deposit.Entries.Span);
        var end = 0;
        for (var position = 0; reader.TryRead(out var entry); position++)
        {
            end += EntryList.SizeOf(entry.Length);
            var chat = LinkEntry.ReadChat(entry);
            var facts = ChatFacts.Of(chat);
            if (facts.HasId && IsKnown(state, turn, facts.Id, chat))
                continue;
            var code = !storeHasSpace || state.Waiting + turn.Stored >= state.Settings.PartitionMaxMessages ? ErrorCode.MailboxUnavailable
                : space.TryTake(entry.Length, facts.Sender) ? ErrorCode.None : ErrorCode.MailboxFull;
            if (code == ErrorCode.None)
                turn.Store(deposit.User, deposit.Entries.Slice(end - entry.Length, entry.Length), facts);
            else
                (failures ??= []).Add(new LinkFailure(position, code));
        }

        return failures ?? (IReadOnlyList<LinkFailure>)[];
    }

    /// <summary>The space in one mailbox, for all senders and for each.</summary>
    private struct Space
    {
        private readonly MailboxSettings _settings;
        private readonly UserMailbox? _mailbox;
        private Dictionary<int, (int Count, int Bytes)>? _shares;
        private int _count;
        private int _bytes;

        public Space(PartitionState state, PartitionTurn turn, string user)
        {
            _settings = state.Settings;
            _mailbox = state.Find(user);
            var (count, bytes) = turn.StoresFor(user);
            _count = count + (_mailbox?.Count ?? 0);
            _bytes = bytes + (_mailbox?.Bytes ?? 0);
        }

        public bool TryTake(int length, int sender)
        {
            if (_count >= _settings.MaxMessages || _bytes + length > _settings.MaxBytes || !HasShare(length, sender))
                return false;
            _count++;
            _bytes += length;
            return true;
        }

        /// <summary>The share of a sender matters only when the mailbox holds more than one share. Messages of the same turn are not counted, so a
        /// share may be exceeded by one turn.</summary>
        private bool HasShare(int length, int sender)
        {
            var (mostCount, mostBytes) = (((_settings.MaxMessages * _settings.SenderShare) + 99) / 100, _settings.MaxBytes / 100L * _settings.SenderShare);
            if (_mailbox is null || (_count < mostCount && _bytes + length <= mostBytes))
                return true;
            _shares ??= [];
            if (!_shares.TryGetValue(sender, out var share))
                share = _mailbox.ShareOf(sender);
            if (share.Count >= mostCount || share.Bytes + length > mostBytes)
                return false;
            _shares[sender] = (share.Count + 1, share.Bytes + length);
            return true;
        }
    }
}
