a	a	0
absolument	a b s o l y m A~	0
accent	a k s A~	0
accord	a k O r	0
agent	a Z A~	0
agit	a Z i	0
ah	a	0
ai	e	0
aigu	E g y	0
allez	a l e	0
alors	a l O r	0
alors	a l O r @	0.7
alpha	a l f a	0
anatole	a n a t O l	0
anatole	a n a t O l @	0.7
and	a n d	0
anne	a n	0
août	u t	0
apostrophe	a p O s t r O f	0
apostrophe	a p O s t r O f @	0.7
après	a p r E	0
arobase	a r o b a z	0
arobase	a r o b a z @	0.7
attendez	a t A~ d e	0
au	o	0
aucune	o k y n	0
aucune	o k y n @	0.7
aujourd'hui	o Z u r d y i	0
autre	o t r	0
autre	o t r @	0.7
avant	a v A~	0
avec	a v E k	0
avril	a v r i l	0
avril	a v r i l @	0.7
b	b e	0
bah	b a	0
ben	b E n	0
ben	b E n @	0.7
bernard	b E r n a r	0
berthe	b 3 D	0
berthe	b 3 D @	0.7
bien	b j E~	0
bon	b O~	0
bonjour	b O~ Z u r	0
bonjour	b O~ Z u r @	0.7
bravo	b r a v o	0
béatrice	b e a t r i s	0
béatrice	b e a t r i s @	0.7
c	s e	0
c'	s	0
c'est	s E	0
c'était	s e t E	0
camille	k a m i j	0
camille	k a m i j @	0.7
ce	s @	0
cela	s @ l a	0
cent	s A~	0
cet	s E t	0
cet	s E t @	0.7
charlie	S a r l i	0
cherche	S E r S	0
cherche	S E r S @	0.7
cinq	s E~ k	0
cinq	s E~ k @	0.7
cinquante	s E~ k A~ t	0
cinquante	s E~ k A~ t @	0.7
cinquante et un	s E~ k A~ t e W~	0
cinquante et un	s E~ k A~ t e E~	0.7
cinquante-cinq	s E~ k A~ t s E~ k	0
cinquante-cinq	s E~ k A~ t s E~ k @	0.7
cinquante-deux	s E~ k A~ t d Y	0
cinquante-huit	s E~ k A~ t y i t	0
cinquante-huit	s E~ k A~ t y i t @	0.7
cinquante-neuf	s E~ k A~ t n W f	0
cinquante-neuf	s E~ k A~ t n W f @	0.7
cinquante-quatre	s E~ k A~ t k a t r	0
cinquante-quatre	s E~ k A~ t k a t r @	0.7
cinquante-quatre	s E~ k A~ t k a t	0.7
cinquante-sept	s E~ k A~ t s E t	0
cinquante-sept	s E~ k A~ t s E t @	0.7
cinquante-six	s E~ k A~ t s i s	0
cinquante-six	s E~ k A~ t s i z	0.7
cinquante-trois	s E~ k A~ t t r w a	0
circonflexe	s i r k O~ f l E k s	0
circonflexe	s i r k O~ f l E k s @	0.7
commande	k O m A~ d	0
commande	k O m A~ d @	0.7
comme	k O m	0
comme	k O m @	0.7
comment	k O m A~	0
compris	k O~ p r i	0
confirme	k O~ f i r m	0
confirme	k O~ f i r m @	0.7
connais	k O n E	0
conseiller	k O~ s E j e	0
correct	k o r E k t	0
correct	k o r E k t @	0.7
crois	k r w a	0
cécile	s e s i l	0
cécile	s e s i l @	0.7
cédille	s e d i j	0
cédille	s e d i j @	0.7
célestin	s e l E s t E~	0
d	d e	0
d'	d	0
d'accord	d a k O r	0
d'après	d a p r E	0
d'autre	d o t r	0
d'autre	d o t r @	0.7
d'union	d y n j O~	0
dans	d A~	0
david	d a v i d	0
de	d @	0
delta	d E l t a	0
demain	d @ m E~	0
denis	d @ n i	0
depuis	d @ p y i	0
dernier	d E r n j e	0
derniers	d E r n j e	0
dernière	d E r n j E r	0
dernière	d E r n j E r @	0.7
deux	d Y	0
dimanche	d i m A~ S	0
dimanche	d i m A~ S @	0.7
disons	d i z O~	0
dix	d i s	0
dix	d i z	0.7
dix-huit	d i z y i t	0
dix-huit	d i z y i t @	0.7
dix-neuf	d i z n W f	0
dix-neuf	d i z n W f @	0.7
dix-sept	d i s E t	0
dix-sept	d i s E t @	0.7
donc	d O~ k	0
double	d u b l	0
double	d u b l @	0.7
douze	d u z	0
douze	d u z @	0.7
du	d y	0
début	d e b y	0
décembre	d e s A~ b r	0
décembre	d e s A~ b r @	0.7
désiré	d e z i r e	0
désolé	d e z o l e	0
désolée	d e z o l e	0
e	@	0
echo	E k o	0
effectivement	e f E k t i v m A~	0
effet	e f E	0
eh	E	0
en	A~	0
encore	A~ k O r	0
encore	A~ k O r @	0.7
end	E n d	0
enfin	A~ f E~	0
entendu	A~ t A~ d y	0
espace	E s p a s	0
espace	E s p a s @	0.7
est	E	0
et	e	0
eugène	Y Z E n	0
eugène	Y Z E n @	0.7
euh	W	0
exact	E g z a k t	0
exact	E g z a k t @	0.7
exactement	E g z a k t @ m A~	0
f	E f	0
fabien	f a b j E~	0
fait	f E	0
faux	f o	0
fin	f E~	0
foxtrot	f O k s t r o	0
françois	f r A~ s w a	0
février	f e v r i e	0
g	Z e	0
gaston	g a s t O~	0
georges	Z O r Z	0
georges	Z O r Z @	0.7
golf	g O l f	0
golf	g O l f @	0.7
grave	g r a v	0
grave	g r a v @	0.7
gérard	Z e r a r	0
h	a S	0
henri	A~ r i	0
hier	j E r	0
hier	j E r @	0.7
hugo	y g o	0
huit	y i t	0
huit	y i t @	0.7
huitante	y i t A~ t	0
huitante	y i t A~ t @	0.7
huitante et un	y i t A~ t e W~	0
huitante et un	y i t A~ t e E~	0.7
huitante-cinq	y i t A~ t s E~ k	0
huitante-cinq	y i t A~ t s E~ k @	0.7
huitante-deux	y i t A~ t d Y	0
huitante-huit	y i t A~ t y i t	0
huitante-huit	y i t A~ t y i t @	0.7
huitante-neuf	y i t A~ t n W f	0
huitante-neuf	y i t A~ t n W f @	0.7
huitante-quatre	y i t A~ t k a t r	0
huitante-quatre	y i t A~ t k a t r @	0.7
huitante-quatre	y i t A~ t k a t	0.7
huitante-sept	y i t A~ t s E t	0
huitante-sept	y i t A~ t s E t @	0.7
huitante-six	y i t A~ t s i s	0
huitante-six	y i t A~ t s i z	0.7
huitante-trois	y i t A~ t t r w a	0
humain	y m E~	0
hundred	h V n d r I d	0
hélène	e l E n	0
hélène	e l E n @	0.7
hôtel	o t E l	0
hôtel	o t E l @	0.7
i	i	0
idée	i d e	0
il	i l	0
importe	E~ p O r t	0
importe	E~ p O r t @	0.7
incorrect	E~ k o r E k t	0
incorrect	E~ k o r E k t @	0.7
india	E~ d j a	0
instant	E~ s t A~	0
intéresse	E~ t e r E s	0
intéresse	E~ t e r E s @	0.7
irma	i r m a	0
isabelle	i z a b E l	0
isabelle	i z a b E l @	0.7
j	Z i	0
j'	Z	0
j'ai	Z e	0
jacques	Z a k	0
jacques	Z a k @	0.7
jamais	Z a m E	0
janvier	Z A~ v j e	0
je	Z @	0
jean	Z A~	0
jeudi	Z Y d i	0
joseph	Z o z E f	0
joseph	Z o z E f @	0.7
jours	Z u r	0
jours	Z u r @	0.7
juillet	Z y i j E	0
juin	Z y E~	0
juliette	Z y l j E t	0
juliette	Z y l j E t @	0.7
juste	Z y s t	0
juste	Z y s t @	0.7
k	k a	0
kilo	k i l o	0
kléber	k l e b e	0
l	E l	0
l'	l	0
l'ai	l e	0
l'après	l a p r E	0
la	l a	0
laissez	l E s e	0
laurent	l o r A~	0
le	l @	0
les	l e	0
lima	l i m a	0
louis	l w i	0
lucien	l y s j E~	0
lundi	l W~ d i	0
m	E m	0
m'	m	0
m'en	m A~	0
m'intéresse	m E~ t e r E s	0
m'intéresse	m E~ t e r E s @	0.7
madame	m a d a m	0
madame	m a d a m @	0.7
mai	m E	0
main	m E~	0
maintenant	m E~ t n A~	0
mais	m E	0
majuscule	m a Z y s k y l	0
majuscule	m a Z y s k y l @	0.7
marcel	m a r s E l	0
marcel	m a r s E l @	0.7
marche	m a r S	0
marche	m a r S @	0.7
mardi	m a r d i	0
marie	m a r i	0
mars	m a r s	0
mars	m a r s @	0.7
matin	m a t E~	0
matinée	m a t i n e	0
me	m @	0
merci	m E r s i	0
mercredi	m E r k r @ d i	0
mi	m i	0
michel	m i S E l	0
michel	m i S E l @	0.7
midi	m i d i	0
mike	m aI k	0
mike	m aI k @	0.7
mille	m i l	0
mille	m i l @	0.7
minuscule	m i n y s k y l	0
minuscule	m i n y s k y l @	0.7
moi	m w a	0
mois	m w a	0
moment	m o m A~	0
mon	m O~	0
monsieur	m @ s j Y	0
n	E n	0
n'	n	0
n'ai	n e	0
n'est	n E	0
n'importe	n E~ p O r t	0
n'importe	n E~ p O r t @	0.7
ne	n @	0
neuf	n W f	0
neuf	n W f @	0.7
nicolas	n i k o l a	0
non	n O~	0
nonante	n o n A~ t	0
nonante	n o n A~ t @	0.7
nonante et un	n o n A~ t e W~	0
nonante et un	n o n A~ t e E~	0.7
nonante-cinq	n o n A~ t s E~ k	0
nonante-cinq	n o n A~ t s E~ k @	0.7
nonante-deux	n o n A~ t d Y	0
nonante-huit	n o n A~ t y i t	0
nonante-huit	n o n A~ t y i t @	0.7
nonante-neuf	n o n A~ t n W f	0
nonante-neuf	n o n A~ t n W f @	0.7
nonante-quatre	n o n A~ t k a t r	0
nonante-quatre	n o n A~ t k a t r @	0.7
nonante-quatre	n o n A~ t k a t	0.7
nonante-sept	n o n A~ t s E t	0
nonante-sept	n o n A~ t s E t @	0.7
nonante-six	n o n A~ t s i s	0
nonante-six	n o n A~ t s i z	0.7
nonante-trois	n o n A~ t t r w a	0
november	n o v A~ b e	0
novembre	n o v A~ b r	0
novembre	n o v A~ b r @	0.7
noémie	n O e m i	0
numéro	n y m e r o	0
négatif	n e g a t i f	0
négatif	n e g a t i f @	0.7
o	o	0
octante	O k t A~ t	0
octante	O k t A~ t @	0.7
octante et un	O k t A~ t e W~	0
octante et un	O k t A~ t e E~	0.7
octante-cinq	O k t A~ t s E~ k	0
octante-cinq	O k t A~ t s E~ k @	0.7
octante-deux	O k t A~ t d Y	0
octante-huit	O k t A~ t y i t	0
octante-huit	O k t A~ t y i t @	0.7
octante-neuf	O k t A~ t n W f	0
octante-neuf	O k t A~ t n W f @	0.7
octante-quatre	O k t A~ t k a t r	0
octante-quatre	O k t A~ t k a t r @	0.7
octante-quatre	O k t A~ t k a t	0.7
octante-sept	O k t A~ t s E t	0
octante-sept	O k t A~ t s E t @	0.7
octante-six	O k t A~ t s i s	0
octante-six	O k t A~ t s i z	0.7
octante-trois	O k t A~ t t r w a	0
octobre	O k t O b r	0
octobre	O k t O b r @	0.7
ok	o k e	0
okay	o k E	0
olivier	o l i v j e	0
onze	O~ z	0
opérateur	o p e r a t W r	0
opérateur	o p e r a t W r @	0.7
oscar	O s k a r	0
oscar	O s k a r @	0.7
ouais	w E	0
oui	w i	0
où	u	0
p	p e	0
papa	p a p a	0
pardon	p a r d O~	0
parfait	p a r f E	0
parler	p a r l e	0
partir	p a r t i r	0
partir	p a r t i r @	0.7
pas	p a	0
passez	p a s e	0
patrick	p a t r i k	0
patrick	p a t r i k @	0.7
paul	p O l	0
paul	p O l @	0.7
pense	p A~ s	0
pense	p A~ s @	0.7
perdu	p E r d y	0
personne	p E r s O n	0
personne	p E r s O n @	0.7
pierre	p j E r	0
pierre	p j E r @	0.7
plaisir	p l E z i r	0
plaisir	p l E z i r @	0.7
plaît	p l E	0
plus	p l y	0
plutôt	p l y t o	0
point	p w E~	0
possible	p O s i b l	0
possible	p O s i b l @	0.7
pour	p u r	0
pour	p u r @	0.7
pourquoi	p u r k w a	0
pouvez	p u v e	0
premier	p r @ m j e	0
prochain	p r o S E~	0
prochaine	p r o S E n	0
prochaine	p r o S E n @	0.7
préfère	p r e f E r	0
préfère	p r e f E r @	0.7
q	k y	0
quand	k A~	0
quarante	k a r A~ t	0
quarante	k a r A~ t @	0.7
quarante et un	k a r A~ t e W~	0
quarante et un	k a r A~ t e E~	0.7
quarante-cinq	k a r A~ t s E~ k	0
quarante-cinq	k a r A~ t s E~ k @	0.7
quarante-deux	k a r A~ t d Y	0
quarante-huit	k a r A~ t y i t	0
quarante-huit	k a r A~ t y i t @	0.7
quarante-neuf	k a r A~ t n W f	0
quarante-neuf	k a r A~ t n W f @	0.7
quarante-quatre	k a r A~ t k a t r	0
quarante-quatre	k a r A~ t k a t r @	0.7
quarante-quatre	k a r A~ t k a t	0.7
quarante-sept	k a r A~ t s E t	0
quarante-sept	k a r A~ t s E t @	0.7
quarante-six	k a r A~ t s i s	0
quarante-six	k a r A~ t s i z	0.7
quarante-trois	k a r A~ t t r w a	0
quatorze	k a t O r z	0
quatorze	k a t O r z @	0.7
quatre	k a t r	0
quatre	k a t r @	0.7
quatre	k a t	0.7
quatre-vingt-cinq	k a t r v E~ t s E~ k	0
quatre-vingt-cinq	k a t r v E~ t s E~ k @	0.7
quatre-vingt-deux	k a t r v E~ t d Y	0
quatre-vingt-dix	k a t r v E~ d i s	0
quatre-vingt-dix	k a t r v E~ d i z	0.7
quatre-vingt-dix-huit	k a t r v E~ d i z y i t	0
quatre-vingt-dix-huit	k a t r v E~ d i z y i t @	0.7
quatre-vingt-dix-neuf	k a t r v E~ d i z n W f	0
quatre-vingt-dix-neuf	k a t r v E~ d i z n W f @	0.7
quatre-vingt-dix-sept	k a t r v E~ d i s E t	0
quatre-vingt-dix-sept	k a t r v E~ d i s E t @	0.7
quatre-vingt-douze	k a t r v E~ d u z	0
quatre-vingt-douze	k a t r v E~ d u z @	0.7
quatre-vingt-huit	k a t r v E~ t y i t	0
quatre-vingt-huit	k a t r v E~ t y i t @	0.7
quatre-vingt-neuf	k a t r v E~ t n W f	0
quatre-vingt-neuf	k a t r v E~ t n W f @	0.7
quatre-vingt-onze	k a t r v E~ t O~ z	0
quatre-vingt-onze	k a t r v E~ t O~ z @	0.7
quatre-vingt-quatorze	k a t r v E~ k a t O r z	0
quatre-vingt-quatorze	k a t r v E~ k a t O r z @	0.7
quatre-vingt-quatre	k a t r v E~ t k a t r	0
quatre-vingt-quatre	k a t r v E~ t k a t r @	0.7
quatre-vingt-quatre	k a t r v E~ t k a t	0.7
quatre-vingt-quinze	k a t r v E~ k E~ z	0
quatre-vingt-quinze	k a t r v E~ k E~ z @	0.7
quatre-vingt-seize	k a t r v E~ s E z	0
quatre-vingt-seize	k a t r v E~ s E z @	0.7
quatre-vingt-sept	k a t r v E~ t s E t	0
quatre-vingt-sept	k a t r v E~ t s E t @	0.7
quatre-vingt-six	k a t r v E~ t s i s	0
quatre-vingt-six	k a t r v E~ t s i z	0.7
quatre-vingt-treize	k a t r v E~ t r E z	0
quatre-vingt-treize	k a t r v E~ t r E z @	0.7
quatre-vingt-trois	k a t r v E~ t t r w a	0
quatre-vingt-un	k a t r v E~ W~	0
quatre-vingt-un	k a t r v E~ E~	0.7
quatre-vingts	k a t r v E~	0
que	k @	0
quel	k E l	0
quel	k E l @	0.7
quelqu'	k E l k	0
quelqu'un	k E l k W~	0
quelqu'un	k E l k E~	0.7
quentin	k A~ t E~	0
quintal	k E~ t a l	0
quintal	k E~ t a l @	0.7
quinze	k E~ z	0
quinze	k E~ z @	0.7
québec	k e b E k	0
r	E r	0
raoul	r a u l	0
raoul	r a u l @	0.7
revoir	r @ v w a r	0
revoir	r @ v w a r @	0.7
reçu	r @ s y	0
rien	r i E~	0
robert	r o b E r	0
robert	r o b E r @	0.7
romain	r o m E~	0
roméo	r o m e o	0
répéter	r e p e t e	0
répétez	r e p e t e	0
s	E s	0
s'	s	0
s'agit	s a Z i	0
s'il	s i l	0
s'il	s i l @	0.7
s'écrit	s e k r i	0
sais	s E	0
samedi	s a m d i	0
seconde	s @ g O~ d	0
seconde	s @ g O~ d @	0.7
seize	s E z	0
seize	s E z @	0.7
semaine	s @ m E n	0
semaine	s @ m E n @	0.7
semaines	s @ m E n	0
semaines	s @ m E n @	0.7
sept	s E t	0
sept	s E t @	0.7
septante	s E p t A~ t	0
septante	s E p t A~ t @	0.7
septante et un	s E p t A~ t e W~	0
septante et un	s E p t A~ t e E~	0.7
septante-cinq	s E p t A~ t s E~ k	0
septante-cinq	s E p t A~ t s E~ k @	0.7
septante-deux	s E p t A~ t d Y	0
septante-huit	s E p t A~ t y i t	0
septante-huit	s E p t A~ t y i t @	0.7
septante-neuf	s E p t A~ t n W f	0
septante-neuf	s E p t A~ t n W f @	0.7
septante-quatre	s E p t A~ t k a t r	0
septante-quatre	s E p t A~ t k a t r @	0.7
septante-quatre	s E p t A~ t k a t	0.7
septante-sept	s E p t A~ t s E t	0
septante-sept	s E p t A~ t s E t @	0.7
septante-six	s E p t A~ t s i s	0
septante-six	s E p t A~ t s i z	0.7
septante-trois	s E p t A~ t t r w a	0
septembre	s E p t A~ b r	0
septembre	s E p t A~ b r @	0.7
si	s i	0
sierra	s j E r a	0
simon	s i m O~	0
six	s i s	0
six	s i z	0.7
slash	s l a S	0
slash	s l a S @	0.7
soir	s w a r	0
soir	s w a r @	0.7
soixante	s w a s A~ t	0
soixante	s w a s A~ t @	0.7
soixante et onze	s w a s A~ t e O~ z	0
soixante et onze	s w a s A~ t e O~ z @	0.7
soixante et un	s w a s A~ t e W~	0
soixante et un	s w a s A~ t e E~	0.7
soixante-cinq	s w a s A~ t s E~ k	0
soixante-cinq	s w a s A~ t s E~ k @	0.7
soixante-deux	s w a s A~ t d Y	0
soixante-dix	s w a s A~ t d i s	0
soixante-dix	s w a s A~ t d i z	0.7
soixante-dix-huit	s w a s A~ t d i z y i t	0
soixante-dix-huit	s w a s A~ t d i z y i t @	0.7
soixante-dix-neuf	s w a s A~ t d i z n W f	0
soixante-dix-neuf	s w a s A~ t d i z n W f @	0.7
soixante-dix-sept	s w a s A~ t d i s E t	0
soixante-dix-sept	s w a s A~ t d i s E t @	0.7
soixante-douze	s w a s A~ t d u z	0
soixante-douze	s w a s A~ t d u z @	0.7
soixante-huit	s w a s A~ t y i t	0
soixante-huit	s w a s A~ t y i t @	0.7
soixante-neuf	s w a s A~ t n W f	0
soixante-neuf	s w a s A~ t n W f @	0.7
soixante-quatorze	s w a s A~ t k a t O r z	0
soixante-quatorze	s w a s A~ t k a t O r z @	0.7
soixante-quatre	s w a s A~ t k a t r	0
soixante-quatre	s w a s A~ t k a t r @	0.7
soixante-quatre	s w a s A~ t k a t	0.7
soixante-quinze	s w a s A~ t k E~ z	0
soixante-quinze	s w a s A~ t k E~ z @	0.7
soixante-seize	s w a s A~ t s E z	0
soixante-seize	s w a s A~ t s E z @	0.7
soixante-sept	s w a s A~ t s E t	0
soixante-sept	s w a s A~ t s E t @	0.7
soixante-six	s w a s A~ t s i s	0
soixante-six	s w a s A~ t s i z	0.7
soixante-treize	s w a s A~ t t r E z	0
soixante-treize	s w a s A~ t t r E z @	0.7
soixante-trois	s w a s A~ t t r w a	0
sophie	s o f i	0
sous	s u	0
souviens	s u v j E~	0
suis	s y i	0
sur	s y r	0
sur	s y r @	0.7
surtout	s y r t u	0
suzanne	s y z a n	0
suzanne	s y z a n @	0.7
sûr	s y r	0
sûr	s y r @	0.7
t	t e	0
tango	t A~ g o	0
thomas	t o m a	0
théo	t e o	0
thérèse	t e r E z	0
thérèse	t e r E z @	0.7
tiret	t i r E	0
tomber	t O~ b e	0
toujours	t u Z u r	0
toujours	t u Z u r @	0.7
tout	t u	0
trait	t r E	0
treize	t r E z	0
treize	t r E z @	0.7
trente	t r A~ t	0
trente	t r A~ t @	0.7
trente et un	t r A~ t e W~	0
trente et un	t r A~ t e E~	0.7
trente-cinq	t r A~ t s E~ k	0
trente-cinq	t r A~ t s E~ k @	0.7
trente-deux	t r A~ t d Y	0
trente-et-un	t r A~ t e W~	0
trente-et-un	t r A~ t e E~	0.7
trente-huit	t r A~ t y i t	0
trente-huit	t r A~ t y i t @	0.7
trente-neuf	t r A~ t n W f	0
trente-neuf	t r A~ t n W f @	0.7
trente-quatre	t r A~ t k a t r	0
trente-quatre	t r A~ t k a t r @	0.7
trente-quatre	t r A~ t k a t	0.7
trente-sept	t r A~ t s E t	0
trente-sept	t r A~ t s E t @	0.7
trente-six	t r A~ t s i s	0
trente-six	t r A~ t s i z	0.7
trente-trois	t r A~ t t r w a	0
trois	t r w a	0
trompé	t r O~ p e	0
trouve	t r u v	0
trouve	t r u v @	0.7
tréma	t r e m a	0
tôt	t o	0
u	y	0
un	W~	0
un	E~	0.7
underscore	V n d 3 s k o@	0
une	y n	0
uniforme	y n i f O r m	0
uniforme	y n i f O r m @	0.7
union	y n j O~	0
ursule	y r s y l	0
ursule	y r s y l @	0.7
v	v e	0
va	v a	0
valérie	v a l e r i	0
vendredi	v A~ d r @ d i	0
vers	v E r	0
vers	v E r @	0.7
veux	v Y	0
victor	v i k t O r	0
victor	v i k t O r @	0.7
vingt	v E~	0
vingt	v E~ t	0.7
vingt et un	v E~ t e W~	0
vingt et un	v E~ t e E~	0.7
vingt-cinq	v E~ t s E~ k	0
vingt-cinq	v E~ t s E~ k @	0.7
vingt-deux	v E~ t d Y	0
vingt-et-un	v E~ t e W~	0
vingt-et-un	v E~ t e E~	0.7
vingt-huit	v E~ t y i t	0
vingt-huit	v E~ t y i t @	0.7
vingt-neuf	v E~ t n W f	0
vingt-neuf	v E~ t n W f @	0.7
vingt-quatre	v E~ t k a t r	0
vingt-quatre	v E~ t k a t r @	0.7
vingt-quatre	v E~ t k a t	0.7
vingt-sept	v E~ t s E t	0
vingt-sept	v E~ t s E t @	0.7
vingt-six	v E~ t s i s	0
vingt-six	v E~ t s i z	0.7
vingt-trois	v E~ t t r w a	0
vingts	v E~	0
voilà	v w a l a	0
volontiers	v o l O~ t j e	0
voudrais	v u d r E	0
vous	v u	0
vraie	v r E	0
vraiment	v r E m A~	0
w	d u b l @ v e	0
wagon	v a g O~	0
week	w i k	0
week	w i k @	0.7
whisky	w I s k i	0
william	w I l i@ m	0
william	w I l i@ m @	0.7
x	i k s	0
xavier	g z a v j e	0
y	i g r E k	0
yankee	j a N k i	0
yves	i v	0
yvonne	i v O n	0
yvonne	i v O n @	0.7
z	z E d	0
z	z E d @	0.7
zoulou	z u l u	0
zoé	z O e	0
zéro	z e r o	0
zéro cinq	z e r o s E~ k	0
zéro cinq	z e r o s E~ k @	0.7
zéro deux	z e r o d Y	0
zéro huit	z e r o y i t	0
zéro huit	z e r o y i t @	0.7
zéro neuf	z e r o n W f	0
zéro neuf	z e r o n W f @	0.7
zéro quatre	z e r o k a t r	0
zéro quatre	z e r o k a t r @	0.7
zéro quatre	z e r o k a t	0.7
zéro sept	z e r o s E t	0
zéro sept	z e r o s E t @	0.7
zéro six	z e r o s i s	0
zéro six	z e r o s i z	0.7
zéro trois	z e r o t r w a	0
zéro un	z e r o W~	0
zéro un	z e r o E~	0.7
zéro zéro	z e r o z e r o	0
à	a	0
ça	s a	0
è	E	0
é	e	0
écoutez	e k u t e	0
écrit	e k r i	0
émile	e m i l	0
émile	e m i l @	0.7
épelle	e p E l	0
épelle	e p E l @	0.7
était	e t E	0
êtes	E t	0
